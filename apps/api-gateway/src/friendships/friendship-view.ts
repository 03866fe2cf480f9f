import type { FriendshipView } from '@convene/contracts/http/friendships';
import type { FriendshipState } from '@convene/domain/friendship';
import { rawSql } from '@convene/prisma/database/sql';

const PERSON = { select: { id: true, displayName: true } } as const;

/** What an export reads of a friendship. */
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

/** The same in SQL, over `f` (friendships), and `r` and `a` (users: requester and addressee). */
export const FRIENDSHIP_COLUMNS = rawSql(`
  f.id, f.requester_id AS "requesterId", f.addressee_id AS "addresseeId", f.status::text, f.withheld,
  f.by_address AS "byAddress", f.created_at AS "createdAt", f.accepted_at AS "acceptedAt",
  jsonb_build_object('id', r.id, 'displayName', r.display_name) AS requester,
  jsonb_build_object('id', a.id, 'displayName', a.display_name) AS addressee`);

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
