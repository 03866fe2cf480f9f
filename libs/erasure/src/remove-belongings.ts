import { removalOfCounter } from '@convene/inbox/remove-inbox';
import { sql } from '@convene/prisma/database/sql';
import type { Writer } from '@convene/prisma/database/transaction';

/**
 * Deletes the rows that belong to a user alone and those that connect the user to others. The notifications (possibly
 * many) and the rows the audit trail needs stay. Safe to repeat.
 */
export async function removeBelongings(tx: Writer, userId: string): Promise<void> {
  const id = sql`${userId}::uuid`;
  for (const statement of [
    sql`DELETE FROM friendships WHERE requester_id = ${id} OR addressee_id = ${id}`,
    sql`DELETE FROM friendship_pauses WHERE requester_id = ${id} OR addressee_id = ${id}`,
    sql`DELETE FROM blocks WHERE blocker_id = ${id} OR blocked_id = ${id}`,
    sql`DELETE FROM join_requests WHERE user_id = ${id}`,
    sql`DELETE FROM push_subscriptions WHERE user_id = ${id}`,
    sql`DELETE FROM preferences WHERE user_id = ${id}`,
    sql`DELETE FROM quiet_hours WHERE user_id = ${id}`,
    sql`DELETE FROM mail_tokens WHERE user_id = ${id}`,
    sql`DELETE FROM former_addresses WHERE user_id = ${id}`,
    removalOfCounter(userId),
    sql`DELETE FROM idempotency_keys WHERE scope = ${userId}`,
    sql`UPDATE sessions SET user_agent = NULL WHERE user_id = ${id}`,
    sql`UPDATE invites SET email = ${erasedAddress(userId)} WHERE decided_by_user_id = ${id}`,
  ]) {
    await tx.write(statement);
  }
}

/** Unique, and undeliverable (RFC 2606). */
export function erasedAddress(userId: string): string {
  return `${userId}@erased.invalid`;
}
