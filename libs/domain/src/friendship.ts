export interface FriendshipState {
  readonly requesterId: string;
  readonly addresseeId: string;
  readonly status: 'PENDING' | 'ACCEPTED';
  /** Asked by somebody whom the addressee had blocked: only the requester may ever see it. */
  readonly withheld: boolean;
  /** Asked by e-mail address: while it is pending only the addressee may see it. */
  readonly byAddress: boolean;
}

export interface Blocks {
  readonly byCaller: boolean;
  readonly ofCaller: boolean;
}

export type RequestOutcome =
  | { outcome: 'request'; withheld: boolean }
  | { outcome: 'show' }
  | { outcome: 'accept' }
  | { outcome: 'refused'; code: 'BLOCKED_BY_YOU' | 'FRIENDSHIP_EXISTS' };

/**
 * What asking somebody to be friends does, given what there is of the pair. Whoever has been blocked is answered as
 * everybody; the request is withheld. One that is still withheld when the block is gone meets a request of the other
 * side like any other, and makes friends. A request by id after one by address shows the one there is: refusing it would
 * tell whose address that was.
 */
export function decideRequest(there: FriendshipState | undefined, callerId: string, blocks: Blocks): RequestOutcome {
  if (blocks.byCaller) return { outcome: 'refused', code: 'BLOCKED_BY_YOU' };
  if (!there) return { outcome: 'request', withheld: blocks.ofCaller };
  if (there.status === 'PENDING' && there.addresseeId === callerId) return { outcome: 'accept' };
  return there.byAddress && there.status === 'PENDING'
    ? { outcome: 'show' }
    : { outcome: 'refused', code: 'FRIENDSHIP_EXISTS' };
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
export function mayRemove(friendship: FriendshipState, userId: string): boolean {
  const its = friendship.status === 'ACCEPTED' || userId === friendship.requesterId;
  return its && maySee(friendship, userId);
}
