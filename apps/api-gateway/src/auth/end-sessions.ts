import { Counter } from 'prom-client';
import type { PayloadOf } from '@convene/contracts/event';
import { SessionRevoked } from '@convene/contracts/events/sessions-revoked';
import type { Append } from '@convene/messaging/outbox/append';
import type { Tx } from '@convene/prisma/transaction';

const sessionsEnded = new Counter({
  name: 'sessions_ended_total',
  help: 'Sessions that were ended before they expired, by reason',
  labelNames: ['reason'],
});

export type Which = 'all' | { readonly sessionIds: readonly string[] } | { readonly except: string };

/** Why a session ends: the reason in its row, and the less specific one in the event. */
export interface EndReason {
  readonly stored:
    | PayloadOf<typeof SessionRevoked>['reason']
    | 'password_changed'
    | 'address_changed'
    | 'account_deleted'
    | 'too_many_sessions'
    | 'operator';
  readonly published: PayloadOf<typeof SessionRevoked>['reason'];
}

export const LOGOUT: EndReason = { stored: 'logout', published: 'logout' };
export const REVOKED: EndReason = { stored: 'revoked', published: 'revoked' };
export const REFRESH_REUSED: EndReason = { stored: 'refresh_reused', published: 'refresh_reused' };
export const TOO_MANY_SESSIONS: EndReason = { stored: 'too_many_sessions', published: 'revoked' };
export const PASSWORD_CHANGED: EndReason = { stored: 'password_changed', published: 'revoked' };
export const ADDRESS_CHANGED: EndReason = { stored: 'address_changed', published: 'revoked' };
export const OPERATOR: EndReason = { stored: 'operator', published: 'revoked' };
export const ACCOUNT_DELETED: EndReason = { stored: 'account_deleted', published: 'revoked' };

// A counter that is born with its first sessions shows no increase: thousands that end at once would not be seen.
for (const { stored: reason } of [
  LOGOUT,
  REVOKED,
  REFRESH_REUSED,
  TOO_MANY_SESSIONS,
  PASSWORD_CHANGED,
  ADDRESS_CHANGED,
  OPERATOR,
  ACCOUNT_DELETED,
]) {
  sessionsEnded.inc({ reason }, 0);
}

/**
 * Ends sessions of a user, each with its event and without its push subscriptions; already ended ones stay as they are. The caller notifies the gateways
 * after the commit (`RevokeSessions.publish`). @returns the ids of the sessions that ended
 */
export async function endSessions(
  tx: Tx,
  append: Append,
  userId: string,
  which: Which,
  reason: EndReason,
): Promise<string[]> {
  const only = which !== 'all' && 'sessionIds' in which ? which.sessionIds : null;
  const except = which !== 'all' && 'except' in which ? which.except : null;
  // The database's clock: the reload of the revocation lists goes by it.
  const ended = await tx.$queryRaw<{ id: string }[]>`
    UPDATE sessions SET revoked_at = now(), revoked_reason = ${reason.stored}
    WHERE user_id = ${userId}::uuid AND revoked_at IS NULL
      AND (${only}::uuid[] IS NULL OR id = ANY(${only}::uuid[])) AND id IS DISTINCT FROM ${except}::uuid
    RETURNING id`;
  // A statement of its own: it sees what was subscribed before the update got the lock of the session.
  if (ended.length > 0) {
    await tx.$executeRaw`DELETE FROM push_subscriptions WHERE session_id = ANY(${ended.map(({ id }) => id)}::uuid[])`;
  }
  for (const { id } of ended) {
    await append(SessionRevoked, { sessionId: id, userId, reason: reason.published }, { actorId: userId });
  }
  // Before the commit: a transaction that is repeated counts twice, which an alert on a mass does not notice.
  sessionsEnded.inc({ reason: reason.stored }, ended.length);
  return ended.map(({ id }) => id);
}
