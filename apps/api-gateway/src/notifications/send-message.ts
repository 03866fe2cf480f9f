import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { PayloadOf } from '@convene/contracts/event';
import { MessageSent } from '@convene/contracts/events/notifications-sent';
import type { MessageAccepted, SendMessageBody } from '@convene/contracts/http/notifications';
import { mayWriteToCompany } from '@convene/domain/message';
import { newEvent } from '@convene/messaging/outbox/append';
import { sqlIn, type Tx } from '@convene/prisma/transaction';
import { lockCompanyForUse } from '../memberships/company-lock';
import { requireMembership } from '../memberships/membership';
import { ModelOutbox } from '../models/model-outbox';

type Audience = Pick<PayloadOf<typeof MessageSent>, 'audience' | 'recipientIds' | 'companyName'>;

@Injectable()
export class SendMessage {
  constructor(private readonly outbox: ModelOutbox) {}

  /** @throws ConveneError NOT_FOUND for a company, member or friend that is not the caller's; FORBIDDEN */
  async execute(senderId: string, body: SendMessageBody): Promise<MessageAccepted> {
    return this.outbox.transaction(async (tx, append) => {
      const audience = await audienceOf(tx, senderId, body);
      const sender = await tx.user.findFirst({
        where: { id: senderId, deletedAt: null },
        select: { displayName: true },
      });
      if (!sender) throw new ConveneError('UNAUTHENTICATED');
      const payload = { ...audience, senderId, senderName: sender.displayName, text: body.text };
      const companyId = body.to === 'friends' ? {} : { companyId: body.companyId };
      const [id = ''] = await append.now([newEvent(MessageSent, payload, { actorId: senderId, ...companyId })]);
      return { id };
    });
  }
}

async function audienceOf(tx: Tx, senderId: string, body: SendMessageBody): Promise<Audience> {
  if (body.to === 'friends') {
    const recipientIds = distinct(body.userIds);
    await requireFriends(tx, senderId, recipientIds);
    return { audience: 'users', recipientIds, companyName: null };
  }
  await lockCompanyForUse(tx, body.companyId);
  const { role, company } = await requireMembership(sqlIn(tx), body.companyId, senderId);
  if (!mayWriteToCompany(role)) throw new ConveneError('FORBIDDEN');
  if (body.to === 'company') return { audience: 'company', recipientIds: [], companyName: company.name };
  const recipientIds = distinct(body.userIds);
  await requireMembers(tx, company.id, recipientIds);
  return { audience: 'users', recipientIds, companyName: company.name };
}

const distinct = (ids: readonly string[]) => [...new Set(ids)];

/** The company is locked: its members stay the same until the commit. */
async function requireMembers(tx: Tx, companyId: string, userIds: string[]): Promise<void> {
  const members = await tx.membership.count({ where: { companyId, userId: { in: userIds } } });
  if (members < userIds.length) throw new ConveneError('NOT_FOUND');
}

/** Locks the friendships until the commit. A user who has blocked the sender is no friend: NOT_FOUND, as for strangers. */
async function requireFriends(tx: Tx, senderId: string, userIds: string[]): Promise<void> {
  const friends = await tx.$queryRaw<unknown[]>`
    SELECT f.id FROM unnest(${userIds}::uuid[]) AS other (id)
    JOIN friendships f ON least(f.requester_id, f.addressee_id) = least(${senderId}::uuid, other.id)
      AND greatest(f.requester_id, f.addressee_id) = greatest(${senderId}::uuid, other.id)
    WHERE f.status = 'ACCEPTED' ORDER BY f.id FOR SHARE OF f`;
  if (friends.length < userIds.length) throw new ConveneError('NOT_FOUND');
}
