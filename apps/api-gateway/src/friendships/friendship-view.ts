import type { FriendshipView } from '@convene/contracts/http/friendships';
import type { FriendshipState } from '@convene/domain/friendship';

const PERSON = { select: { id: true, displayName: true } } as const;

/** What the view and the rules need of a friendship. */
export const FRIENDSHIP_ROW = {
  id: true,
  requesterId: true,
  addresseeId: true,
  status: true,
  withheld: true,
  byAddress: true,
  createdAt: true,
  acceptedAt: true,
  requester: PERSON,
  addressee: PERSON,
} as const;

interface Person {
  readonly id: string;
  readonly displayName: string;
}

export interface FriendshipRow extends FriendshipState {
  readonly id: string;
  readonly createdAt: Date;
  readonly acceptedAt: Date | null;
  readonly requester: Person;
  readonly addressee: Person;
}

/** As one of its sides sees it. */
export function toFriendshipView(row: FriendshipRow, viewerId: string): FriendshipView {
  const { id, requester, addressee, status, createdAt, acceptedAt } = row;
  const asked = requester.id === viewerId;
  return {
    id,
    person: asked ? addressee : requester,
    status,
    direction: asked ? 'outgoing' : 'incoming',
    createdAt: createdAt.toISOString(),
    acceptedAt: acceptedAt?.toISOString() ?? null,
  };
}

export interface BlockRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly blocked: Person;
}

/** The view of the blocker; no other user sees a block. */
export function toBlockView({ id, createdAt, blocked }: BlockRow): FriendshipView {
  return {
    id,
    person: blocked,
    status: 'BLOCKED',
    direction: 'outgoing',
    createdAt: createdAt.toISOString(),
    acceptedAt: null,
  };
}

export const BLOCK_ROW = { id: true, createdAt: true, blocked: PERSON } as const;
