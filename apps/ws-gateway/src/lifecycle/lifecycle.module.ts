import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module';
import { HandshakeModule } from '../handshake/handshake.module';
import { InboxModule } from '../inbox/inbox.module';
import { PresenceModule } from '../presence/presence.module';
import { ReconcileModule } from '../reconcile/reconcile.module';
import { ConnectionGateway } from './connection.gateway';
import { EndedSessions } from './ended-sessions';
import { GatewayBeacon } from './gateway-beacon';
import { OpenConnection } from './open-connection';
import { SessionRenewal } from './session-renewal';

/** What begins, renews and ends a connection. */
@Module({
  imports: [ConnectionsModule, HandshakeModule, InboxModule, PresenceModule, ReconcileModule],
  providers: [ConnectionGateway, EndedSessions, GatewayBeacon, OpenConnection, SessionRenewal],
  exports: [SessionRenewal],
})
export class LifecycleModule {}
