export interface FriendshipState {
  readonly requesterId: string;
  readonly addresseeId: string;
  readonly status: 'PENDING' | 'ACCEPTED';
  /** Asked by somebody whom the addressee had blocked: only the requester may ever see it. */
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

/** How often requests of somebody to the same person came to nothing. */
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
 * What asking somebody to be friends does, given what there is of the pair. Whoever has been blocked is answered as
 * everybody; the request is withheld, and so is one within the pause after others came to nothing. One that is still
 * withheld when block or pause are over meets a request of the other side like any other, and makes friends. A request by
 * id after one by address shows the one there is: refusing it would tell whose address that was. Asked anew by address,
 * which cannot be taken back, a withheld one is announced once nothing withholds it any more.
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
/** A request may be taken back by mistake; whoever goes on doing it uses it to be noticed. */
const TAKEN_BACK_WITHOUT_PAUSE = 2;

/** For how many days the next request is withheld after so many ended like the last: longer with each that is declined. */
export function requestPauseDays(reason: keyof Refusals, count: number): number {
  if (reason === 'takenBack') return count > TAKEN_BACK_WITHOUT_PAUSE ? 1 : 0;
  return Math.min(FIRST_PAUSE_DAYS * 2 ** (count - 1), MAX_PAUSE_DAYS);
}

/** Whether somebody may know of it at all. */
export function maySee(friendship: FriendshipState, userId: string): boolean {
  const { requesterId, addresseeId, status, withheld, byAddress } = friendship;
  if (userId === requesterId) return status === 'ACCEPTED' || !byAddress;
  return userId === addresseeId && !withheld;
}

/** Whether somebody may accept or decline it. */
export function mayAnswer(friendship: FriendshipState, userId: string): boolean {
  return friendship.status === 'PENDING' && userId === friendship.addresseeId && maySee(friendship, userId);
}

/** Either side ends a friendship; a request is taken back by who made it. */
export function mayEndFriendship(friendship: FriendshipState, userId: string): boolean {
  const its = friendship.status === 'ACCEPTED' || userId === friendship.requesterId;
  return its && maySee(friendship, userId);
}
