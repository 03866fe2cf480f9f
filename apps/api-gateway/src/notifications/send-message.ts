import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { PayloadOf } from '@convene/contracts/event';
import { MessageSent } from '@convene/contracts/events/notifications-sent';
import type { MessageAccepted, SendMessageBody } from '@convene/contracts/http/notifications';
import { mayWriteToCompany } from '@convene/domain/message';
import { newEvent } from '@convene/messaging/outbox/append';
import { Outbox } from '@convene/messaging/outbox/outbox';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';
import { readAccount } from '../accounts/read-account';
import { lockCompanyForUse } from '../memberships/company-lock';
import { requireMembership } from '../memberships/membership';

type Audience = Pick<PayloadOf<typeof MessageSent>, 'audience' | 'recipientIds' | 'companyName'>;

@Injectable()
export class SendMessage {
  constructor(private readonly outbox: Outbox) {}

  /** @throws ConveneError NOT_FOUND for a company, member or friend that is not the caller's; FORBIDDEN */
  async execute(senderId: string, body: SendMessageBody): Promise<MessageAccepted> {
    return this.outbox.transaction(async (tx, append) => {
      const [audience, sender] = await Promise.all([audienceOf(tx, senderId, body), readAccount(tx, senderId)]);
      if (!sender) throw new ConveneError('UNAUTHENTICATED');
      const payload = { ...audience, senderId, senderName: sender.displayName, text: body.text };
      const companyId = body.to === 'friends' ? {} : { companyId: body.companyId };
      const [id = ''] = await append.now([newEvent(MessageSent, payload, { actorId: senderId, ...companyId })]);
      return { id };
    });
  }
}

/** Sends its locks and reads together. */
async function audienceOf(tx: Queryable, senderId: string, body: SendMessageBody): Promise<Audience> {
  if (body.to === 'friends') {
    const recipientIds = distinct(body.userIds);
    const friends = await lockFriends(tx, senderId, recipientIds);
    if (friends < recipientIds.length) throw new ConveneError('NOT_FOUND');
    return { audience: 'users', recipientIds, companyName: null };
  }
  const recipientIds = body.to === 'members' ? distinct(body.userIds) : [];
  const [, { role, company }, members] = await Promise.all([
    lockCompanyForUse(tx, body.companyId),
    requireMembership(tx, body.companyId, senderId),
    recipientIds.length > 0 ? countMembers(tx, body.companyId, recipientIds) : 0,
  ]);
  if (!mayWriteToCompany(role)) throw new ConveneError('FORBIDDEN');
  if (members < recipientIds.length) throw new ConveneError('NOT_FOUND');
  return { audience: body.to === 'company' ? 'company' : 'users', recipientIds, companyName: company.name };
}

const distinct = (ids: readonly string[]) => [...new Set(ids)];

/** The company is locked: its members stay the same until the commit. */
async function countMembers(tx: Queryable, companyId: string, userIds: string[]): Promise<number> {
  const [found] = await tx.query<{ members: number }>(sql`
    SELECT count(*)::int AS members FROM memberships
    WHERE company_id = ${companyId}::uuid AND user_id = ANY(${userIds}::uuid[])`);
  return found?.members ?? 0;
}

/** Locks the friendships until the commit. A user who has blocked the sender is no friend: NOT_FOUND, as for strangers. */
async function lockFriends(tx: Queryable, senderId: string, userIds: string[]): Promise<number> {
  const friends = await tx.query(sql`
    SELECT f.id FROM unnest(${userIds}::uuid[]) AS other (id)
    JOIN friendships f ON least(f.requester_id, f.addressee_id) = least(${senderId}::uuid, other.id)
      AND greatest(f.requester_id, f.addressee_id) = greatest(${senderId}::uuid, other.id)
    WHERE f.status = 'ACCEPTED' ORDER BY f.id FOR SHARE OF f`);
  return friends.length;
}
