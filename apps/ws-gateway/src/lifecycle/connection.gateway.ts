import { OnGatewayConnection, OnGatewayDisconnect, OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import { withDeadline } from '@convene/observability/deadline';
import { logger, reasonOf } from '@convene/observability/logger';
import { closeConnection, spread } from '../connections/connection-closer';
import { connectionOf, rememberConnection } from '../connections/connection-of';
import { ConnectionRegistry } from '../connections/connection-registry';
import { Authenticate } from '../handshake/authenticate';
import { refusal } from '../handshake/refusal';
import { LocalPresence } from '../presence/local-presence';
import { PresenceWatches } from '../presence/presence-watches';
import { EndedSessions } from './ended-sessions';
import { OpenConnection } from './open-connection';

/** Longest from the handshake to `session.ready`; a connection that is not open by then is closed with `retryAfterMs`. */
const OPEN_DEADLINE_MS = 8_000;

/** Begins and ends a connection: authenticates, opens, removes it. */
@WebSocketGateway()
export class ConnectionGateway
  implements OnGatewayInit<Server>, OnGatewayConnection<Socket>, OnGatewayDisconnect<Socket>
{
  constructor(
    private readonly authenticate: Authenticate,
    private readonly openConnection: OpenConnection,
    private readonly users: ConnectionRegistry,
    private readonly ended: EndedSessions,
    private readonly presence: LocalPresence,
    private readonly watches: PresenceWatches,
  ) {}

  afterInit(server: Server): void {
    server.use((socket, next) => {
      this.authenticate.execute(socket).then(
        (connection) => {
          rememberConnection(socket, connection);
          next();
        },
        (error: unknown) => next(refusal(error)),
      );
    });
  }

  handleConnection(socket: Socket): void {
    const connection = connectionOf(socket);
    const opening = withDeadline(this.openConnection.execute(connection), OPEN_DEADLINE_MS);
    const user = this.users.find(connection.userId);
    if (user) this.presence.connected(user);
    // It may have ended between the handshake and now.
    this.ended.closeIfEnded(connection);
    opening.catch((error: unknown) => {
      logger.warn({ userId: connection.userId, reason: reasonOf(error) }, 'A connection could not be opened');
      closeConnection(connection, 'UNAVAILABLE', 1_000 + spread(4_000));
    });
  }

  handleDisconnect(socket: Socket): void {
    const connection = connectionOf(socket);
    // There is one namespace: without it the connection has no use.
    socket.conn.close();
    const user = this.users.find(connection.userId);
    this.users.remove(connection);
    this.watches.unwatchAll(connection);
    if (user) this.presence.disconnected(user, connection);
  }
}
