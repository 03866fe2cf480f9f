import { ConveneError } from '@convene/contracts/errors';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';

export interface Account {
  readonly email: string;
  readonly displayName: string;
  readonly isVerified: boolean;
}

/** @returns undefined when the account is deleted. */
export async function readAccount(tx: Queryable, userId: string): Promise<Account | undefined> {
  const [account] = await tx.query<Account>(sql`
    SELECT email, display_name AS "displayName", email_verified_at IS NOT NULL AS "isVerified"
    FROM users WHERE id = ${userId}::uuid AND deleted_at IS NULL`);
  return account;
}

/**
 * Required for actions that send mails or notifications to other users: the caller must have a verified address.
 * @throws ConveneError EMAIL_NOT_VERIFIED, or UNAUTHENTICATED when the account is deleted
 */
export function requireVerified(account: Account | undefined): Account {
  if (!account) throw new ConveneError('UNAUTHENTICATED');
  if (!account.isVerified) throw new ConveneError('EMAIL_NOT_VERIFIED');
  return account;
}
