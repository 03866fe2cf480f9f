import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { Server, type ServerOptions, type Socket } from 'socket.io';
import { ConveneError } from '@convene/contracts/errors';
import { CLIENT_EVENTS } from '@convene/contracts/sockets/client-events';
import { FrameSubscriber } from '@convene/realtime/frames';
import { connectionOf } from './connections/connection-of';
import { forgetRequests } from './engine/forget-request';
import { type Acknowledge, LeanIoAdapter } from './engine/lean-io-adapter';
import { ENV, type Env } from './env';
import { errorBody } from './errors/as-convene-error';
import { ConnectionCounts } from './handshake/connection-counts';
import { refusal } from './handshake/refusal';
import { UpgradeGate } from './handshake/upgrade-gate';
import { InboundLimits } from './limits/inbound-limits';

/** Client events are small: a seq, a token. */
const MAX_MESSAGE_LENGTH = 16 * 1024;
/** A connection that has not passed the handshake by then is closed. */
const HANDSHAKE_MS = 10_000;
const LIMITS = new Map(CLIENT_EVENTS.map(({ name, limit }) => [name, limit]));
/** A client of a newer version asks once for what this one does not know. */
const UNKNOWN_EVENTS = { points: 20, seconds: 10 };

/** Configures Socket.IO: the Origin is checked before anything else, frames go through the gateway's own delivery. */
export class SocketServer extends LeanIoAdapter {
  private readonly counts: ConnectionCounts;
  private readonly frames: FrameSubscriber;
  private readonly limits: InboundLimits;
  private readonly options: Partial<ServerOptions>;

  constructor(app: INestApplication) {
    super(app);
    const origins = app.get<Env>(ENV).WS_CORS_ORIGIN;
    this.frames = app.get(FrameSubscriber);
    const gate = app.get(UpgradeGate);
    this.counts = app.get(ConnectionCounts);
    this.limits = app.get(InboundLimits);
    this.options = {
      serveClient: false,
      maxHttpBufferSize: MAX_MESSAGE_LENGTH,
      // Both cost memory and time per connection, and frames are small.
      perMessageDeflate: false,
      httpCompression: false,
      connectTimeout: HANDSHAKE_MS,
      cors: { origin: origins.includes('*') ? true : origins, credentials: true },
      allowRequest: (request: IncomingMessage, answer) => {
        gate.admit(request).then(
          () => answer(null, true),
          (error: unknown) => {
            const { code } = refusal(error).data;
            // No client can read why an upgrade is refused, and a balancer without health checks takes any answer for one of a
            // gateway that works: it would lead everyone here, where the fewest connections are. Of a request without an answer it
            // tries the next gateway.
            if (gate.isClosed && request.headers.upgrade !== undefined) request.socket.destroy();
            answer(code, false);
          },
        );
      },
    };
  }

  override createIOServer(_port: number, options?: ServerOptions): Server {
    const http = this.httpServer as HttpServer;
    const server = new Server(http, { ...options, ...this.options });
    this.counts.guard(http);
    this.counts.follow(server);
    this.frames.follow(server.of('/').adapter);
    forgetRequests(server, http);
    return server;
  }

  /** Called before anything else is done with a message: a flood must not cost more than its parsing. */
  protected override admits(socket: Socket, event: string, ack?: Acknowledge): boolean {
    const limit = LIMITS.get(event);
    const name = limit ? event : 'unknown';
    const retryAfterMs = this.limits.charge(connectionOf(socket), name, limit ?? UNKNOWN_EVENTS);
    if (retryAfterMs === 0) return true;
    if (ack) {
      const detail = `Too many ${name}; try again in ${retryAfterMs} ms`;
      ack({ ok: false, error: errorBody(new ConveneError('RATE_LIMITED', detail, { retryAfterMs })) });
    }
    return false;
  }
}
