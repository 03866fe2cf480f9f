import { Injectable } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import { decideInvite, type InviteAnswer } from '@convene/domain/invite';
import type { Tx } from '@convene/prisma/transaction';
import { lockCompanyForChange } from '../memberships/company-lock';
import { FindInvite, requireInvitee } from './find-invite';
import type { InviteRow } from './invite-view';
import { mayStillInvite } from './require-inviter';

export interface Answered {
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
   * answers one is applied. @throws ConveneError as `FindInvite`, `requireInvitee` and `decideInvite` say
   */
  async execute(tx: Tx, tokenOrId: string, userId: string, answer: InviteAnswer): Promise<Answered> {
    const before = await this.find.execute(tx, tokenOrId);
    await lockCompanyForChange(tx, before.invite.company.id);
    const found = await this.find.execute(tx, tokenOrId, { lock: true });
    const user = await readAnswerer(tx, userId);
    if (!user) throw new ConveneError('UNAUTHENTICATED');
    requireInvitee(found, user);
    const { invite } = found;
    const { now } = user;
    const decision = decideInvite(invite, answer, userId, now);
    if (decision.outcome === 'refused') throw new ConveneError(decision.code);
    if (decision.outcome === 'repeated') return { invite, user, repeated: true };
    // A removal or demotion withdraws the invites of the former manager; an invite from before that rule is refused here.
    if (answer === 'ACCEPTED' && !(await mayStillInvite(tx, invite))) throw new ConveneError('INVITE_REVOKED');
    const decided = { status: answer, decidedAt: now, decidedByUserId: userId };
    await tx.$executeRaw`
      UPDATE invites SET status = ${answer}::"InviteStatus", decided_at = ${now}::timestamptz, decided_by_user_id = ${userId}::uuid
      WHERE id = ${invite.id}::uuid`;
    if (!user.emailVerifiedAt) await tx.user.update({ where: { id: userId }, data: { emailVerifiedAt: now } });
    return { invite: { ...invite, ...decided }, user, repeated: false };
  }
}

interface Answerer {
  readonly id: string;
  readonly displayName: string;
  readonly email: string;
  readonly emailVerifiedAt: Date | null;
  /** The database's clock. */
  readonly now: Date;
}

async function readAnswerer(tx: Tx, userId: string): Promise<Answerer | undefined> {
  const [user] = await tx.$queryRaw<Answerer[]>`
    SELECT id, display_name AS "displayName", email, email_verified_at AS "emailVerifiedAt", clock_timestamp() AS now
    FROM users WHERE id = ${userId}::uuid AND deleted_at IS NULL`;
  return user;
}
