import type { PayloadOf } from '@convene/contracts/event';
import { SessionRevoked } from '@convene/contracts/events/sessions-revoked';
import type { Append } from '@convene/messaging/outbox/outbox';
import type { Tx } from '@convene/prisma/transaction';

export type Which = 'all' | { readonly sessionIds: readonly string[] } | { readonly except: string };

/** What the row stores, and what the event reports. */
export interface Why {
  readonly reason:
    | PayloadOf<typeof SessionRevoked>['reason']
    | 'password_changed'
    | 'address_changed'
    | 'account_deleted'
    | 'too_many_sessions';
  readonly told: PayloadOf<typeof SessionRevoked>['reason'];
}

export const LOGOUT: Why = { reason: 'logout', told: 'logout' };
export const REVOKED: Why = { reason: 'revoked', told: 'revoked' };
export const REFRESH_REUSED: Why = { reason: 'refresh_reused', told: 'refresh_reused' };
export const TOO_MANY_SESSIONS: Why = { reason: 'too_many_sessions', told: 'revoked' };
export const PASSWORD_CHANGED: Why = { reason: 'password_changed', told: 'revoked' };
export const ADDRESS_CHANGED: Why = { reason: 'address_changed', told: 'revoked' };
export const ACCOUNT_DELETED: Why = { reason: 'account_deleted', told: 'revoked' };

/**
 * Ends sessions of a person, each with its event and without its push subscriptions; already ended ones stay as they are. The caller notifies the gateways
 * after the commit (`RevokeSessions.tell`). @returns the ids of the sessions that ended
 */
export async function endSessions(tx: Tx, append: Append, userId: string, which: Which, why: Why): Promise<string[]> {
  const only = which !== 'all' && 'sessionIds' in which ? which.sessionIds : null;
  const except = which !== 'all' && 'except' in which ? which.except : null;
  // The database's clock: the reload of the revocation lists goes by it.
  const ended = await tx.$queryRaw<{ id: string }[]>`
    UPDATE sessions SET revoked_at = now(), revoked_reason = ${why.reason}
    WHERE user_id = ${userId}::uuid AND revoked_at IS NULL
      AND (${only}::uuid[] IS NULL OR id = ANY(${only}::uuid[])) AND id IS DISTINCT FROM ${except}::uuid
    RETURNING id`;
  // A statement of its own: it sees what was subscribed before the update got the lock of the session.
  if (ended.length > 0) {
    await tx.$executeRaw`DELETE FROM push_subscriptions WHERE session_id = ANY(${ended.map(({ id }) => id)}::uuid[])`;
  }
  for (const { id } of ended) {
    await append(SessionRevoked, { sessionId: id, userId, reason: why.told }, { actorId: userId });
  }
  return ended.map(({ id }) => id);
}
