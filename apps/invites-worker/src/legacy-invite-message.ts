import { InvitationMailRequested } from '@convene/contracts/events/invitation-mails-requested';
import { AnyEvent, parseEvent, parseJson } from '@convene/messaging/wire';
import { newId } from '@convene/prisma/ids';

/**
 * The queue `invites` still takes the bare `{ "inviteId": "…" }` of the original architecture. It becomes an event of
 * its own here; retries carry that event, so its id stays.
 */
export function parseInvitesMessage(body: Buffer): AnyEvent {
  const json = parseJson(body);
  if (!isBare(json)) return parseEvent(body);
  const payload = { inviteId: json.inviteId };
  const header = { id: newId(), occurredAt: new Date().toISOString(), actorId: null, companyId: null };
  const event = { ...header, type: InvitationMailRequested.type, membershipVersion: null, payload };
  return parseEvent(Buffer.from(JSON.stringify(event)));
}

function isBare(json: unknown): json is { inviteId: unknown } {
  return typeof json === 'object' && json !== null && 'inviteId' in json && !('type' in json);
}
