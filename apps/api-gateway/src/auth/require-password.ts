import { Injectable } from '@nestjs/common';
import { Passwords } from '@convene/auth/passwords';
import { ConveneError } from '@convene/contracts/errors';
import { SecurityLog } from '@convene/observability/security-log';
import { PrismaService } from '@convene/prisma/prisma.service';
import type { Tx } from '@convene/prisma/transaction';

/** For what cannot be taken back, the password again: a session left open is not enough. */
@Injectable()
export class RequirePassword {
  constructor(
    private readonly prisma: PrismaService,
    private readonly passwords: Passwords,
    private readonly security: SecurityLog,
  ) {}

  /** @returns the hash it matched, for `lockAccount`. @throws ConveneError PASSWORD_WRONG or UNAUTHENTICATED */
  async execute(userId: string, password: string): Promise<string> {
    const user = await this.prisma.user.findFirst({
      where: { id: userId, deletedAt: null },
      select: { passwordHash: true },
    });
    if (!user) throw new ConveneError('UNAUTHENTICATED');
    if (!(await this.passwords.verify(user.passwordHash, password))) {
      this.security.write({ event: 'password_check', outcome: 'refused', userId });
      throw new ConveneError('PASSWORD_WRONG');
    }
    return user.passwordHash;
  }
}

/**
 * Locks the account with the verified password. It comes after the locks of companies and before those of all other rows
 * of the user. @throws ConveneError PASSWORD_WRONG when the password has changed since, UNAUTHENTICATED when the account
 * is deleted
 */
export async function lockAccount(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  const [account] = await tx.$queryRaw<{ deleted: boolean; same: boolean }[]>`
    SELECT deleted_at IS NOT NULL AS deleted, password_hash = ${passwordHash} AS same
    FROM users WHERE id = ${userId}::uuid FOR UPDATE`;
  if (!account || account.deleted) throw new ConveneError('UNAUTHENTICATED');
  if (!account.same) throw new ConveneError('PASSWORD_WRONG');
}
