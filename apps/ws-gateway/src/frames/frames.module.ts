import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module';
import { InboxModule } from '../inbox/inbox.module';
import { LimitsModule } from '../limits/limits.module';
import { PresenceModule } from '../presence/presence.module';
import { ReconcileModule } from '../reconcile/reconcile.module';
import { RoomsModule } from '../rooms/rooms.module';
import { FrameRouter } from './frame-router';

/** The entry of frames from Redis. */
@Module({
  imports: [ConnectionsModule, InboxModule, LimitsModule, PresenceModule, ReconcileModule, RoomsModule],
  providers: [FrameRouter],
})
export class FramesModule {}
