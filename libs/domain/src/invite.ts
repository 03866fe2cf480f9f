export type InviteStatus = 'PENDING' | 'ACCEPTED' | 'REJECTED' | 'REVOKED' | 'EXPIRED';
export type InviteAnswer = 'ACCEPTED' | 'REJECTED';
export type InviteRefusal = 'INVITE_USED' | 'INVITE_REVOKED' | 'INVITE_EXPIRED';

export interface InviteState {
  readonly status: InviteStatus;
  readonly expiresAt: Date;
  readonly decidedByUserId: string | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Until when an invitation that is sent now is open, unless it is sent again. */
export function inviteExpiry(now: Date, days: number): Date {
  return new Date(now.getTime() + days * DAY_MS);
}

/** The status people see: an invite is expired from the moment it is, whenever the clean-up writes it down. */
export function visibleStatus(invite: Pick<InviteState, 'status' | 'expiresAt'>, now: Date): InviteStatus {
  return invite.status === 'PENDING' && invite.expiresAt <= now ? 'EXPIRED' : invite.status;
}

export type Decision = { outcome: 'apply' } | { outcome: 'repeated' } | { outcome: 'refused'; code: InviteRefusal };

/**
 * What an answer to an invite does. The same person giving the same answer again (a retry after a lost response)
 * is told what they were told before; every other second answer is refused.
 */
export function decideInvite(invite: InviteState, answer: InviteAnswer, userId: string, now: Date): Decision {
  switch (visibleStatus(invite, now)) {
    case 'PENDING':
      return { outcome: 'apply' };
    case 'EXPIRED':
      return { outcome: 'refused', code: 'INVITE_EXPIRED' };
    case 'REVOKED':
      return { outcome: 'refused', code: 'INVITE_REVOKED' };
    case 'ACCEPTED':
    case 'REJECTED':
      return invite.status === answer && invite.decidedByUserId === userId
        ? { outcome: 'repeated' }
        : { outcome: 'refused', code: 'INVITE_USED' };
  }
}

type Unanswered = Pick<InviteState, 'status' | 'expiresAt'>;
export type Resending = { outcome: 'apply'; revives: boolean } | { outcome: 'refused'; code: InviteRefusal };

/** A pending invite is sent again, an expired one lives again; what was answered or withdrawn stays so. */
export function decideResend(invite: Unanswered, now: Date): Resending {
  switch (visibleStatus(invite, now)) {
    case 'PENDING':
      return { outcome: 'apply', revives: false };
    case 'EXPIRED':
      return { outcome: 'apply', revives: true };
    case 'REVOKED':
      return { outcome: 'refused', code: 'INVITE_REVOKED' };
    case 'ACCEPTED':
    case 'REJECTED':
      return { outcome: 'refused', code: 'INVITE_USED' };
  }
}

/** Withdrawing twice is withdrawing once; what was answered or has expired cannot be withdrawn. */
export function decideRevoke(invite: Unanswered, now: Date): Decision {
  switch (visibleStatus(invite, now)) {
    case 'PENDING':
      return { outcome: 'apply' };
    case 'REVOKED':
      return { outcome: 'repeated' };
    case 'EXPIRED':
      return { outcome: 'refused', code: 'INVITE_EXPIRED' };
    case 'ACCEPTED':
    case 'REJECTED':
      return { outcome: 'refused', code: 'INVITE_USED' };
  }
}
