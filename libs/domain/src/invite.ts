export type InviteStatus = 'PENDING' | 'ACCEPTED' | 'REJECTED' | 'REVOKED' | 'EXPIRED';
export type InviteAnswer = 'ACCEPTED' | 'REJECTED';
type InviteRefusal = 'INVITE_USED' | 'INVITE_REVOKED' | 'INVITE_EXPIRED';

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
 * The effect of an answer to an invite. The same answer of the same user again (a retry after a lost response) gets the same
 * result; every other second answer is refused.
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

/** The mails that an address got from a company in a row. */
export interface Sent {
  readonly sends: number;
  readonly sentAt: Date;
}

const FIRST_PAUSE_MS = 60_000;
/** A new invite follows a withdrawn one at once, such as for another role, unless the address got as many mails. */
const MAILS_WITHOUT_PAUSE = 3;

/** The pause before the next mail: a minute after the first, twice as long after each, at most a day. */
export function resendWaitMs({ sends, sentAt }: Sent, now: Date): number {
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (sends - 1), DAY_MS);
  return Math.max(0, sentAt.getTime() + pauseMs - now.getTime());
}

/** A new invite to an address that had one: it continues the row of mails until a day has passed without any. */
export function decideReinvite(last: Sent | undefined, now: Date): { sends: number; waitMs: number } {
  if (!last || now.getTime() - last.sentAt.getTime() >= DAY_MS) return { sends: 1, waitMs: 0 };
  const waitMs = last.sends < MAILS_WITHOUT_PAUSE ? 0 : resendWaitMs(last, now);
  return { sends: last.sends + 1, waitMs };
}

type Unanswered = Pick<InviteState, 'status' | 'expiresAt'>;
export type Resending =
  | { outcome: 'apply'; revives: boolean }
  | { outcome: 'wait'; waitMs: number }
  | { outcome: 'refused'; code: InviteRefusal };

/** A pending invite is resent, an expired one becomes pending again; an answered or withdrawn one stays unchanged. */
export function decideResend(invite: Unanswered & Sent, now: Date): Resending {
  const status = visibleStatus(invite, now);
  switch (status) {
    case 'PENDING':
    case 'EXPIRED': {
      const waitMs = resendWaitMs(invite, now);
      return waitMs > 0 ? { outcome: 'wait', waitMs } : { outcome: 'apply', revives: status === 'EXPIRED' };
    }
    case 'REVOKED':
      return { outcome: 'refused', code: 'INVITE_REVOKED' };
    case 'ACCEPTED':
    case 'REJECTED':
      return { outcome: 'refused', code: 'INVITE_USED' };
  }
}

/** Withdrawing is idempotent; an answered or expired invite cannot be withdrawn. */
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
