import { logger, reasonOf } from '@convene/observability/logger';
import { OnGatewayConnection, OnGatewayDisconnect, OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import { Authenticate } from '../handshake/authenticate';
import { refusal } from '../handshake/refusal';
import { EndedSessions } from './ended-sessions';
import { LocalUsers } from './local-users';
import { OpenSession } from './open-session';
import { closeSession, spread } from './session-closer';
import { rememberSession, sessionOf } from './session-of';

/** The life of a connection: authenticated, opened, gone. */
@WebSocketGateway()
export class SessionGateway implements OnGatewayInit<Server>, OnGatewayConnection<Socket>, OnGatewayDisconnect<Socket> {
  constructor(
    private readonly authenticate: Authenticate,
    private readonly openSession: OpenSession,
    private readonly users: LocalUsers,
    private readonly ended: EndedSessions,
  ) {}

  afterInit(server: Server): void {
    server.use((socket, next) => {
      this.authenticate.execute(socket).then(
        (session) => {
          rememberSession(socket, session);
          next();
        },
        (error: unknown) => next(refusal(error)),
      );
    });
  }

  handleConnection(socket: Socket): void {
    const session = sessionOf(socket);
    const opening = this.openSession.execute(session);
    // It may have ended between the handshake and now.
    this.ended.closeIfEnded(session);
    opening.catch((error: unknown) => {
      logger.warn({ userId: session.userId, reason: reasonOf(error) }, 'A session could not be opened');
      closeSession(session, {
        code: 'UNAVAILABLE',
        reason: 'The inbox cannot be read at the moment',
        reconnect: true,
        retryAfterMs: 1_000 + spread(4_000),
      });
    });
  }

  handleDisconnect(socket: Socket): void {
    this.users.remove(sessionOf(socket));
  }
}
