import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { decideInvite, type InviteAnswer } from '@convene/domain/invite';
import { mayInvite } from '@convene/domain/permissions';
import type { Role } from '@convene/domain/role';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql, type Template } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';
import { FindInvite, requireInvitee } from './find-invite';
import type { InviteRow } from './invite-view';

export interface Answered<T> {
  /** What was read with the invite. */
  readonly read: T;
  readonly invite: InviteRow;
  readonly user: { readonly id: string; readonly displayName: string };
  /** A repeat by the same user: there is no change and no event. */
  readonly repeated: boolean;
}

/** What accepting and rejecting have in common: everything up to the consequences. */
@Injectable()
export class AnswerInvite {
  constructor(private readonly find: FindInvite) {}

  /**
   * Locks company and invite, lets the entity decide, and writes the answer down: of any number of simultaneous
   * answers one is applied. The account is there until the commit.
   * @param readMore Sends what it reads in the same flight. It gets the id of the company, as an expression.
   * @throws ConveneError as `FindInvite`, `requireInvitee` and `decideInvite` say
   */
  async execute<T>(
    tx: Transaction,
    {
      tokenOrId,
      userId,
      answer,
    }: { readonly tokenOrId: string; readonly userId: string; readonly answer: InviteAnswer },
    readMore: (companyId: Template) => Promise<T>,
  ): Promise<Answered<T>> {
    const inviteId = this.find.idOf(tokenOrId);
    const [, found, user, [inviter], read] = await Promise.all([
      lockCompanyOf(tx, inviteId),
      this.find.execute(tx, tokenOrId, { lock: true }),
      readAnswerer(tx, userId),
      readInviterSeat(tx, inviteId),
      readMore(companyOf(inviteId)),
    ]);
    if (!user) throw new ConveneError('UNAUTHENTICATED');
    requireInvitee(found, user);
    const { invite } = found;
    const { now } = user;
    const decision = decideInvite(invite, answer, userId, now);
    if (decision.outcome === 'refused') throw new ConveneError(decision.code);
    if (decision.outcome === 'repeated') return { invite, user, read, repeated: true };
    // A removal or demotion withdraws the invites of the former manager; an invite from before that rule is refused here.
    if (answer === 'ACCEPTED' && !(inviter && mayInvite(inviter.role))) throw new ConveneError('INVITE_REVOKED');
    const decided = { status: answer, decidedAt: now, decidedByUserId: userId };
    tx.write(sql`
      UPDATE invites SET status = ${answer}::"InviteStatus", decided_at = ${now}::timestamptz, decided_by_user_id = ${userId}::uuid
      WHERE id = ${invite.id}::uuid`);
    if (!user.emailVerifiedAt) {
      tx.write(sql`UPDATE users SET email_verified_at = ${now}::timestamptz WHERE id = ${userId}::uuid`);
    }
    return { invite: { ...invite, ...decided }, user, read, repeated: false };
  }
}

const companyOf = (inviteId: string) => sql`(SELECT company_id FROM invites WHERE id = ${inviteId}::uuid)`;

/** As `lockCompanyForChange`, before the invite is read: an invite never changes its company. */
async function lockCompanyOf(tx: Queryable, inviteId: string): Promise<void> {
  await tx.query(sql`SELECT 1 AS locked FROM companies WHERE id = ${companyOf(inviteId)} FOR NO KEY UPDATE`);
}

/** The inviter's membership; none when they have left. The caller holds the company's lock: it stays so until the commit. */
function readInviterSeat(tx: Queryable, inviteId: string): Promise<{ role: Role }[]> {
  return tx.query(sql`
    SELECT m.role::text FROM invites i JOIN memberships m ON m.company_id = i.company_id AND m.user_id = i.inviter_id
    WHERE i.id = ${inviteId}::uuid`);
}

interface Answerer {
  readonly id: string;
  readonly displayName: string;
  readonly email: string;
  readonly emailVerifiedAt: Date | null;
  /** The database's clock. */
  readonly now: Date;
}

/** Keeps the account from being deleted, as `holdAccount` does. */
async function readAnswerer(tx: Queryable, userId: string): Promise<Answerer | undefined> {
  const [user] = await tx.query<Answerer>(sql`
    SELECT id, display_name AS "displayName", email, email_verified_at AS "emailVerifiedAt", clock_timestamp() AS now
    FROM users WHERE id = ${userId}::uuid AND deleted_at IS NULL FOR KEY SHARE`);
  return user;
}
