export interface FriendshipState {
  readonly requesterId: string;
  readonly addresseeId: string;
  readonly status: 'PENDING' | 'ACCEPTED';
  /** Sent by a user whom the addressee had blocked: visible to the requester only. */
  readonly withheld: boolean;
  /** Asked by e-mail address: while it is pending only the addressee may see it. */
  readonly byAddress: boolean;
}

/** What stands between two people, as seen from the one who asks. */
export interface Barriers {
  readonly blockedByCaller: boolean;
  readonly blockedByOther: boolean;
  /** Requests of the caller came to nothing before, and the pause that follows is not over. */
  readonly paused: boolean;
}

/** How many requests of a user to the same addressee were declined or withdrawn. */
export interface Refusals {
  readonly declined: number;
  readonly takenBack: number;
}

export type RequestOutcome =
  | { outcome: 'request'; withheld: boolean }
  | { outcome: 'show'; announce: boolean }
  | { outcome: 'accept' }
  | { outcome: 'refused'; code: 'BLOCKED_BY_YOU' | 'FRIENDSHIP_EXISTS' };

/**
 * The effect of a friend request, given the row of the pair. A blocked user gets the usual answer; the request is withheld,
 * as is one within the pause after declined or withdrawn ones. A request that is still withheld after the block or the pause
 * meets a request of the other user like any other, and makes them friends. A request by id after one by address returns the
 * existing one: a refusal would reveal whose address that was. A withheld request by address, which cannot be withdrawn, is
 * announced when it is sent again after the block or the pause.
 */
export function decideRequest(
  there: FriendshipState | undefined,
  callerId: string,
  barriers: Barriers,
): RequestOutcome {
  if (barriers.blockedByCaller) return { outcome: 'refused', code: 'BLOCKED_BY_YOU' };
  const withheld = barriers.blockedByOther || barriers.paused;
  if (!there) return { outcome: 'request', withheld };
  if (there.status === 'PENDING' && there.addresseeId === callerId) return { outcome: 'accept' };
  return there.byAddress && there.status === 'PENDING'
    ? { outcome: 'show', announce: there.withheld && !withheld }
    : { outcome: 'refused', code: 'FRIENDSHIP_EXISTS' };
}

const FIRST_PAUSE_DAYS = 7;
const MAX_PAUSE_DAYS = 112;
/** Withdrawing a request once may be a mistake; doing it repeatedly is a way to send announcements. */
const TAKEN_BACK_WITHOUT_PAUSE = 2;

/** For how many days the next request is withheld after so many ended like the last: longer with each that is declined. */
export function requestPauseDays(reason: keyof Refusals, count: number): number {
  if (reason === 'takenBack') return count > TAKEN_BACK_WITHOUT_PAUSE ? 1 : 0;
  return Math.min(FIRST_PAUSE_DAYS * 2 ** (count - 1), MAX_PAUSE_DAYS);
}

/** Whether a user may see it. */
export function maySee(friendship: FriendshipState, userId: string): boolean {
  const { requesterId, addresseeId, status, withheld, byAddress } = friendship;
  if (userId === requesterId) return status === 'ACCEPTED' || !byAddress;
  return userId === addresseeId && !withheld;
}

/** Whether a user may accept or decline it. */
export function mayAnswer(friendship: FriendshipState, userId: string): boolean {
  return friendship.status === 'PENDING' && userId === friendship.addresseeId && maySee(friendship, userId);
}

/** Either side ends a friendship; a request is taken back by who made it. */
export function mayEndFriendship(friendship: FriendshipState, userId: string): boolean {
  const its = friendship.status === 'ACCEPTED' || userId === friendship.requesterId;
  return its && maySee(friendship, userId);
}
