import { Module } from '@nestjs/common';
import { AcceptFriendship } from './accept-friendship';
import { BlockFriendship } from './block-friendship';
import { FriendshipsController } from './friendships.controller';
import { ListFriendships } from './list-friendships';
import { RejectFriendship } from './reject-friendship';
import { RemoveFriendship } from './remove-friendship';
import { RequestFriendship } from './request-friendship';
import { UnblockFriendship } from './unblock-friendship';

@Module({
  controllers: [FriendshipsController],
  providers: [
    AcceptFriendship,
    BlockFriendship,
    ListFriendships,
    RejectFriendship,
    RemoveFriendship,
    RequestFriendship,
    UnblockFriendship,
  ],
})
export class FriendshipsModule {}
