import { Injectable } from '@nestjs/common';
import { DerivedTokens } from '@convene/auth/derived-token';
import { ConveneError } from '@convene/contracts/errors';
import { SecurityMailRequested } from '@convene/contracts/events/security-mails-requested';
import type { Append } from '@convene/messaging/outbox/append';
import { newId } from '@convene/prisma/ids';
import type { Tx } from '@convene/prisma/transaction';

const RESTORABLE_DAYS = 7;

export interface FormerAddress {
  readonly id: string;
  readonly userId: string;
  readonly email: string;
  readonly currentEmail: string;
}

/** The addresses that accounts had, and the way back to them; the mailing worker derives its token from their id. */
@Injectable()
export class FormerAddresses {
  constructor(private readonly tokens: DerivedTokens) {}

  /**
   * Changes the address of an account to one with a proven mailbox, and mails the former one. A former address that was
   * never verified may belong to a stranger: it gets no mail and gives no right to the account.
   */
  async replace(tx: Tx, append: Append, userId: string, email: string, { restorable }: { restorable: boolean }) {
    const [former] = await tx.$queryRaw<{ id: string }[]>`
      INSERT INTO former_addresses (id, user_id, email, changed_at, restorable_until)
      SELECT ${newId()}::uuid, id, email, clock_timestamp(),
        clock_timestamp() + make_interval(days => ${restorable ? RESTORABLE_DAYS : 0})
      FROM users WHERE id = ${userId}::uuid AND email_verified_at IS NOT NULL
      RETURNING id`;
    await tx.$executeRaw`UPDATE users SET email = ${email}, email_verified_at = now() WHERE id = ${userId}::uuid`;
    if (!former) return;
    const payload = { userId, kind: 'ADDRESS_CHANGED' as const, formerAddressId: former.id };
    await append(SecurityMailRequested, payload, { actorId: userId });
  }

  /** @throws ConveneError TOKEN_INVALID for a token that we did not make */
  idOf(token: string): string {
    const ref = this.tokens.open('restore_email', token);
    if (!ref) throw new ConveneError('TOKEN_INVALID');
    return ref.id;
  }

  /**
   * Takes the way back, once, under the lock of the account: ends it and those of all later changes.
   * @throws ConveneError TOKEN_INVALID when it was taken, is over, or was ended by an earlier one
   */
  async take(tx: Tx, id: string): Promise<FormerAddress> {
    await tx.$queryRaw`
      SELECT 1 AS locked FROM users u JOIN former_addresses f ON f.user_id = u.id
      WHERE f.id = ${id}::uuid FOR NO KEY UPDATE OF u`;
    const [former] = await tx.$queryRaw<FormerAddress[]>`
      SELECT f.id, f.user_id AS "userId", f.email, u.email AS "currentEmail"
      FROM former_addresses f JOIN users u ON u.id = f.user_id
      WHERE f.id = ${id}::uuid AND f.restorable_until > now() AND u.deleted_at IS NULL`;
    if (!former) throw new ConveneError('TOKEN_INVALID');
    await tx.$executeRaw`
      DELETE FROM former_addresses later USING former_addresses f
      WHERE f.id = ${id}::uuid AND later.user_id = f.user_id AND later.changed_at >= f.changed_at`;
    return former;
  }
}
