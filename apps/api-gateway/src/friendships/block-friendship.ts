import { Injectable } from '@nestjs/common';
import { FriendshipBlocked } from '@convene/contracts/events/friendships-blocked';
import type { FriendshipView } from '@convene/contracts/http/friendships';
import { mayAnswer } from '@convene/domain/friendship';
import { ModelOutbox } from '../models/model-outbox';
import { BLOCK_ROW, toBlockView } from './friendship-view';
import { lockFriendship } from './lock-friendship';
import { pauseRequests } from './pause-requests';
import { tellRejected } from './reject-friendship';
import { tellRemoved } from './remove-friendship';

@Injectable()
export class BlockFriendship {
  constructor(private readonly outbox: ModelOutbox) {}

  /**
   * Ends the friendship or request and keeps its id for the block. The other side sees what they would see without a
   * block: a request declined, a friendship ended. @throws ConveneError NOT_FOUND
   */
  async execute(id: string, callerId: string): Promise<FriendshipView> {
    return this.outbox.transaction(async (tx, append) => {
      const friendship = await lockFriendship(tx, id, callerId);
      const { requesterId, addresseeId } = friendship;
      const blockedId = requesterId === callerId ? addresseeId : requesterId;
      await tx.friendship.delete({ where: { id } });
      const block = await tx.block.create({ data: { id, blockerId: callerId, blockedId }, select: BLOCK_ROW });
      if (mayAnswer(friendship, callerId)) {
        await pauseRequests(tx, friendship, 'declined');
        await tellRejected(append, friendship, callerId);
      } else {
        await tellRemoved(append, friendship, callerId);
      }
      await append(FriendshipBlocked, { blockedId }, { actorId: callerId });
      return toBlockView(block);
    });
  }
}
