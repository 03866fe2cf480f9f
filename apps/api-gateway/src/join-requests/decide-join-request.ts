import { ConveneError } from '@convene/contracts/errors';
import { CompanyJoinDecided } from '@convene/contracts/events/companies-join-decided';
import { mayManage } from '@convene/domain/permissions';
import type { Append } from '@convene/messaging/outbox/append';
import { databaseTime } from '@convene/prisma/database/database-time';
import { sqlIn, type Tx } from '@convene/prisma/transaction';
import { lockCompanyAsMember } from '../memberships/company-lock';
import { JOIN_REQUEST_ROW, type JoinRequestRow } from './join-request-view';

export interface DecidedRequest {
  readonly request: JoinRequestRow;
  /** Call it after the membership has changed, so that the event has the version of that change. */
  readonly appendEvent: () => Promise<unknown>;
}

/**
 * The common part of accepting and declining. It holds the lock of the company, so that one of several simultaneous
 * decisions succeeds. @throws ConveneError NOT_FOUND, FORBIDDEN or JOIN_REQUEST_DECIDED
 */
export async function decideJoinRequest(
  tx: Tx,
  append: Append,
  ids: { companyId: string; callerId: string; requestId: string },
  status: 'ACCEPTED' | 'DECLINED',
): Promise<DecidedRequest> {
  const { companyId, callerId, requestId } = ids;
  const { role, company } = await lockCompanyAsMember(sqlIn(tx), companyId, callerId);
  if (!mayManage(role)) throw new ConveneError('FORBIDDEN');
  const before = await tx.joinRequest.findFirst({
    where: { id: requestId, companyId, user: { deletedAt: null } },
    select: { status: true },
  });
  if (!before) throw new ConveneError('NOT_FOUND');
  if (before.status !== 'PENDING') throw new ConveneError('JOIN_REQUEST_DECIDED');
  const request = await tx.joinRequest.update({
    where: { id: requestId },
    data: { status, decidedAt: await databaseTime(sqlIn(tx)) },
    select: JOIN_REQUEST_ROW,
  });
  const facts = { requestId, companyId, companyName: company.name, userId: request.user.id };
  const appendEvent = () =>
    append(CompanyJoinDecided, { ...facts, accepted: status === 'ACCEPTED' }, { actorId: callerId, companyId });
  return { request, appendEvent };
}
