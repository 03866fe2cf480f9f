import { sql } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';

/** The caller holds its lock. */
export function deleteFriendship(tx: Transaction, id: string): void {
  tx.write(sql`DELETE FROM friendships WHERE id = ${id}::uuid`);
}
