import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module';
import { InboxModule } from '../inbox/inbox.module';
import { LifecycleModule } from '../lifecycle/lifecycle.module';
import { PresenceModule } from '../presence/presence.module';
import { ReconcileModule } from '../reconcile/reconcile.module';
import { InboxGateway } from './inbox.gateway';
import { PresenceGateway } from './presence.gateway';
import { SessionGateway } from './session.gateway';

/** Handlers of the events that clients send. */
@Module({
  imports: [ConnectionsModule, InboxModule, LifecycleModule, PresenceModule, ReconcileModule],
  providers: [InboxGateway, PresenceGateway, SessionGateway],
})
export class ClientEventsModule {}
