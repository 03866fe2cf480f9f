import { ConveneError } from '@convene/contracts/errors';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';

/**
 * Keeps an account from being deleted until the commit, for whatever is about to be written that is theirs; any number
 * may hold it at once. @throws ConveneError NOT_FOUND when it is deleted
 */
export async function holdAccount(tx: Queryable, userId: string): Promise<void> {
  const held = await tx.query(sql`
    SELECT 1 AS held FROM users WHERE id = ${userId}::uuid AND deleted_at IS NULL FOR KEY SHARE`);
  if (held.length === 0) throw new ConveneError('NOT_FOUND');
}
