import { Injectable } from '@nestjs/common';
import { InvitationMailRequested } from '@convene/contracts/events/invitation-mails-requested';
import { AnyEvent, type MessageParser, parseEvent, parseJson } from '@convene/messaging/wire';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { derivedId, newId } from '@convene/prisma/ids';

const EPOCH = new Date(0);

/**
 * The queue `invites` still takes the bare `{ "inviteId": "…" }` of the original architecture. It becomes an event of
 * its own here, whose id follows from the invite and its rotation: however often the message is delivered, it is one
 * event and one mail; after a resend, another.
 */
@Injectable()
export class InvitesMessageParser implements MessageParser {
  constructor(private readonly database: Database) {}

  async parse(body: Buffer): Promise<AnyEvent> {
    const json = parseJson(body);
    if (!isBare(json)) return parseEvent(body);
    const event = bareEvent(json.inviteId);
    const { inviteId } = event.payload as { inviteId: string };
    const [invite] = await this.database.query<{ createdAt: Date; rotation: number }>(sql`
      SELECT created_at AS "createdAt", rotation FROM invites WHERE id = ${inviteId}::uuid`);
    const id = derivedId(invite?.createdAt ?? EPOCH, `invitation mail ${inviteId} ${invite?.rotation ?? ''}`);
    return { ...event, id, occurredAt: new Date().toISOString() };
  }
}

/** @throws PoisonMessageError when it is no invite's id. */
function bareEvent(inviteId: unknown): AnyEvent {
  const header = { id: newId(), occurredAt: EPOCH.toISOString(), actorId: null, companyId: null };
  const event = { ...header, type: InvitationMailRequested.type, membershipVersion: null, payload: { inviteId } };
  return parseEvent(Buffer.from(JSON.stringify(event)));
}

function isBare(json: unknown): json is { inviteId: unknown } {
  return typeof json === 'object' && json !== null && 'inviteId' in json && !('type' in json);
}
