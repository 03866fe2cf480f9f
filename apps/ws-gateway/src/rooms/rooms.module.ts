import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module';
import { InboxModule } from '../inbox/inbox.module';
import { LimitsModule } from '../limits/limits.module';
import { PresenceModule } from '../presence/presence.module';
import { CompanyRooms } from './company-rooms';
import { MemberReader } from './member-reader';
import { RoomFrames } from './room-frames';

/** Membership of sockets in company rooms, and the frames sent to these rooms. */
@Module({
  imports: [ConnectionsModule, InboxModule, LimitsModule, PresenceModule],
  providers: [CompanyRooms, MemberReader, RoomFrames],
  exports: [CompanyRooms, RoomFrames],
})
export class RoomsModule {}
