import { WebSocketGateway } from '@nestjs/websockets';
import { UnwatchPresence, UpdatePresence, WatchPresence } from '@convene/contracts/sockets/client-events';
import { ConnectionRegistry } from '../connections/connection-registry';
import { LocalPresence } from '../presence/local-presence';
import { PresenceWatches } from '../presence/presence-watches';
import { ClientCall } from './client-call';
import { OnClientEvent } from './on-client-event';

/** Client events about presence. */
@WebSocketGateway()
export class PresenceGateway {
  constructor(
    private readonly users: ConnectionRegistry,
    private readonly presence: LocalPresence,
    private readonly watches: PresenceWatches,
  ) {}

  @OnClientEvent(UpdatePresence)
  update(@ClientCall() { connection, body }: ClientCall<typeof UpdatePresence>) {
    const user = this.users.find(connection.userId);
    if (user) this.presence.update(user, connection, body.state);
    return Promise.resolve({});
  }

  @OnClientEvent(WatchPresence)
  watch(@ClientCall() { connection, body, confirm }: ClientCall<typeof WatchPresence>) {
    return this.watches.watch(connection, body.companyId, confirm);
  }

  @OnClientEvent(UnwatchPresence)
  unwatch(@ClientCall() { connection, body }: ClientCall<typeof UnwatchPresence>) {
    this.watches.unwatch(connection, body.companyId);
    return Promise.resolve({});
  }
}
