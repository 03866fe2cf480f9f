import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ConveneError } from '@convene/contracts/errors';
import type { Tx } from '@convene/prisma/transaction';
import { AuthGuard } from './auth.guard';
import { RequirePassword } from './require-password';

/** The hash that the password matched, the session of the account that the request came in, or both. */
export type OwnerProof =
  | { readonly passwordHash: string; readonly sessionId: string | undefined }
  | { readonly passwordHash: undefined; readonly sessionId: string };

/**
 * A link proves a mailbox. That the account behind it is the follower's too is proven by its password or a session of it:
 * otherwise an attacker could sign up with a foreign address and wait for its owner to follow the link.
 */
@Injectable()
export class ProveOwner {
  constructor(
    private readonly guard: AuthGuard,
    private readonly requirePassword: RequirePassword,
  ) {}

  /**
   * Runs before the transaction, because hashing is slow; `requireOwner` compares the result inside the transaction.
   * @throws ConveneError PASSWORD_REQUIRED, PASSWORD_WRONG, or TOKEN_EXPIRED and SESSION_REVOKED of the access token
   */
  async execute(userId: string, password: string | undefined, headers: FastifyRequest['headers']): Promise<OwnerProof> {
    const passwordHash = password === undefined ? undefined : await this.requirePassword.execute(userId, password);
    const caller = await this.guard.authenticate(headers).catch((error: unknown) => {
      // A browser sends its cookies whether or not they are good: beside a password they need not be.
      if (passwordHash !== undefined || (error as ConveneError).code === 'UNAUTHENTICATED') return undefined;
      throw error;
    });
    const sessionId = caller?.userId === userId ? caller.sessionId : undefined;
    if (passwordHash !== undefined) return { passwordHash, sessionId };
    if (sessionId === undefined) throw new ConveneError('PASSWORD_REQUIRED');
    return { passwordHash, sessionId };
  }
}

/** Under the lock of the account. @throws ConveneError PASSWORD_WRONG or SESSION_REVOKED when the proof is not good any more */
export async function requireOwner(tx: Tx, userId: string, proof: OwnerProof): Promise<void> {
  if (proof.passwordHash !== undefined) {
    const same = await tx.user.count({ where: { id: userId, passwordHash: proof.passwordHash } });
    if (same === 0) throw new ConveneError('PASSWORD_WRONG');
  } else {
    const stands = await tx.session.count({ where: { id: proof.sessionId, userId, revokedAt: null } });
    if (stands === 0) throw new ConveneError('SESSION_REVOKED');
  }
}
