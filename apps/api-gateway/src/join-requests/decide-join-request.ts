import { ConveneError } from '@convene/contracts/errors';
import { CompanyJoinDecided } from '@convene/contracts/events/companies-join-decided';
import { mayManage } from '@convene/domain/permissions';
import type { Append } from '@convene/messaging/outbox/append';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';
import { lockCompanyAsMember } from '../memberships/company-lock';
import { JOIN_REQUEST_COLUMNS, type JoinRequestRow } from './join-request-view';

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
  tx: Transaction,
  append: Append,
  ids: { companyId: string; callerId: string; requestId: string },
  status: 'ACCEPTED' | 'DECLINED',
): Promise<DecidedRequest> {
  const { companyId, callerId, requestId } = ids;
  const [{ role, company }, found] = await Promise.all([
    lockCompanyAsMember(tx, companyId, callerId),
    readJoinRequest(tx, companyId, requestId),
  ]);
  if (!mayManage(role)) throw new ConveneError('FORBIDDEN');
  if (!found) throw new ConveneError('NOT_FOUND');
  const { now, ...before } = found;
  if (before.status !== 'PENDING') throw new ConveneError('JOIN_REQUEST_DECIDED');
  const request = { ...before, status, decidedAt: now };
  tx.write(sql`
    UPDATE join_requests SET status = ${status}::"JoinRequestStatus", decided_at = ${now}::timestamptz
    WHERE id = ${requestId}::uuid`);
  const facts = { requestId, companyId, companyName: company.name, userId: request.user.id };
  const appendEvent = () =>
    append(CompanyJoinDecided, { ...facts, accepted: status === 'ACCEPTED' }, { actorId: callerId, companyId });
  return { request, appendEvent };
}

/** One of a company, of an account that stands, and the database's time. */
async function readJoinRequest(
  tx: Queryable,
  companyId: string,
  requestId: string,
): Promise<(JoinRequestRow & { now: Date }) | undefined> {
  const [found] = await tx.query<JoinRequestRow & { now: Date }>(sql`
    SELECT ${JOIN_REQUEST_COLUMNS}, clock_timestamp() AS now
    FROM join_requests r JOIN companies c ON c.id = r.company_id JOIN users u ON u.id = r.user_id
    WHERE r.id = ${requestId}::uuid AND r.company_id = ${companyId}::uuid AND u.deleted_at IS NULL`);
  return found;
}
