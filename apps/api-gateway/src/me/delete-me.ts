import { Injectable } from '@nestjs/common';
import { ERASED } from '@convene/contracts/erased';
import { ErasureRequested } from '@convene/contracts/events/erasures-requested';
import { UserDeleted } from '@convene/contracts/events/users-deleted';
import { erasedAddress, removeBelongings } from '@convene/erasure/remove-belongings';
import type { Append } from '@convene/messaging/outbox/append';
import { SecurityLog } from '@convene/observability/security-log';
import { sqlIn, type Tx } from '@convene/prisma/transaction';
import { ACCOUNT_DELETED, endSessions } from '../auth/end-sessions';
import { lockAccount, RequirePassword } from '../auth/require-password';
import { RevokeSessions } from '../auth/revoke-sessions';
import { ModelOutbox } from '../models/model-outbox';
import { leaveCompanies } from './leave-companies';
import { hasOtherSeats, lockSeats } from './seats';

/** Matches no password. */
const NO_HASH = '!';

@Injectable()
export class DeleteMe {
  constructor(
    private readonly outbox: ModelOutbox,
    private readonly requirePassword: RequirePassword,
    private readonly revokeSessions: RevokeSessions,
    private readonly security: SecurityLog,
  ) {}

  /**
   * Deletes sessions, memberships, name and address of the account in one commit. The same commit requests the erasure of
   * the name in earlier events and of the inbox.
   * @throws ConveneError PASSWORD_WRONG or OWNER_OF_COMPANIES
   */
  async execute(userId: string, password: string): Promise<void> {
    const verified = await this.requirePassword.execute(userId, password);
    let ended: string[] | undefined;
    while (!ended) {
      await this.outbox.transaction(async (tx, append) => {
        ended = await this.delete(tx, append, userId, verified);
      });
    }
    this.security.write({ event: 'account_deleted', outcome: 'ok', userId });
    await this.revokeSessions.publish(userId, ended);
  }

  /** @returns the sessions that ended; undefined, and nothing done, when they have joined a company meanwhile. */
  private async delete(tx: Tx, append: Append, userId: string, verified: string): Promise<string[] | undefined> {
    const seats = await lockSeats(tx, userId);
    await lockAccount(tx, userId, verified);
    // From here on no company can add the user (`addMember` locks the account). A concurrent `addMember` holds the lock of
    // its company, which comes before the lock of the account.
    if (await hasOtherSeats(tx, userId, seats)) return undefined;
    await leaveCompanies(tx, append, userId, seats);
    const ended = await endSessions(tx, append, userId, 'all', ACCOUNT_DELETED);
    await removeBelongings(sqlIn(tx), userId);
    await anonymise(tx, userId);
    await append(UserDeleted, { userId }, { actorId: userId });
    await append(ErasureRequested, { userId }, { actorId: userId });
    return ended;
  }
}

/** Open invites keep the address, without a user; the others lose it. */
async function anonymise(tx: Tx, userId: string): Promise<void> {
  const erased = erasedAddress(userId);
  await tx.$executeRaw`
    UPDATE invites SET email = ${erased}
    WHERE email = (SELECT email FROM users WHERE id = ${userId}::uuid) AND status <> 'PENDING'`;
  await tx.$executeRaw`
    UPDATE users SET email = ${erased}, email_verified_at = NULL, password_hash = ${NO_HASH}, display_name = ${ERASED},
      time_zone = 'UTC', active_company_id = NULL, deleted_at = now()
    WHERE id = ${userId}::uuid`;
}
