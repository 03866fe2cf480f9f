import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import { Presence } from '@convene/realtime/presence';
import { ConnectionsModule } from '../connections/connections.module';
import { DeviceStates } from './device-states';
import { LocalPresence } from './local-presence';
import { PRESENCE_NODE } from './presence-events';
import { PresencePublisher } from './presence-publisher';
import { PresenceRenewal } from './presence-renewal';
import { PresenceWatches } from './presence-watches';

/** Publishes the presence of this node's users and keeps the views that its sockets watch. */
@Module({
  imports: [ConnectionsModule],
  providers: [
    { provide: PRESENCE_NODE, useFactory: () => randomUUID() },
    DeviceStates,
    LocalPresence,
    Presence,
    PresencePublisher,
    PresenceRenewal,
    PresenceWatches,
  ],
  exports: [LocalPresence, PresenceWatches],
})
export class PresenceModule {}
