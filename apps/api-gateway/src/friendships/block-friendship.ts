import { Injectable } from '@nestjs/common';
import { FriendshipBlocked } from '@convene/contracts/events/friendships-blocked';
import type { FriendshipView } from '@convene/contracts/http/friendships';
import { mayAnswer } from '@convene/domain/friendship';
import { Outbox } from '@convene/messaging/outbox/outbox';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';
import { deleteFriendship } from './delete-friendship';
import { toBlockView } from './friendship-view';
import { lockFriendship } from './lock-friendship';
import { pauseRequests } from './pause-requests';
import { tellRejected } from './reject-friendship';
import { tellRemoved } from './remove-friendship';

@Injectable()
export class BlockFriendship {
  constructor(private readonly outbox: Outbox) {}

  /**
   * Ends the friendship or request and keeps its id for the block. The other side sees what they would see without a
   * block: a request declined, a friendship ended. @throws ConveneError NOT_FOUND
   */
  async execute(id: string, callerId: string): Promise<FriendshipView> {
    return this.outbox.transaction(async (tx, append) => {
      const friendship = await lockFriendship(tx, id, callerId);
      const { requester, addressee } = friendship;
      const blocked = requester.id === callerId ? addressee : requester;
      deleteFriendship(tx, id);
      const createdAt = await insertBlock(tx, { id, blockerId: callerId, blockedId: blocked.id });
      if (mayAnswer(friendship, callerId)) {
        await pauseRequests(tx, friendship, 'declined');
        await tellRejected(append, friendship, callerId);
      } else {
        await tellRemoved(append, friendship, callerId);
      }
      await append(FriendshipBlocked, { blockedId: blocked.id }, { actorId: callerId });
      return toBlockView({ id, createdAt, blocked });
    });
  }
}

async function insertBlock(
  tx: Queryable,
  { id, blockerId, blockedId }: { readonly id: string; readonly blockerId: string; readonly blockedId: string },
): Promise<Date> {
  const [row] = await tx.query<{ createdAt: Date }>(sql`
    INSERT INTO blocks (id, blocker_id, blocked_id) VALUES (${id}::uuid, ${blockerId}::uuid, ${blockedId}::uuid)
    RETURNING created_at AS "createdAt"`);
  if (!row) throw new Error('The database returned no block');
  return row.createdAt;
}
