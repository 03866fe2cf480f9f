import { FrameSource } from '@convene/realtime/frame-source';
import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server, type ServerOptions } from 'socket.io';
import { GATEWAY_ENV, type GatewayEnv } from './env';
import { isOriginAllowed } from './handshake/origin';
import { Drain } from './sessions/drain';

/** Client events are small: a seq, a token. */
const LARGEST_MESSAGE = 16 * 1024;
/** A connection that has not passed the handshake by then is nobody. */
const HANDSHAKE_MS = 10_000;

/** Socket.IO as this product runs it: the Origin checked before anything else, frames through our own delivery. */
export class SocketServer extends IoAdapter {
  private readonly options: Partial<ServerOptions>;

  constructor(app: INestApplication) {
    super(app);
    const origins = app.get<GatewayEnv>(GATEWAY_ENV).WS_CORS_ORIGIN;
    const { adapter } = app.get(FrameSource);
    const drain = app.get(Drain);
    this.options = {
      ...(adapter && { adapter }),
      serveClient: false,
      maxHttpBufferSize: LARGEST_MESSAGE,
      connectTimeout: HANDSHAKE_MS,
      cors: { origin: origins.includes('*') ? true : origins, credentials: true },
      // CORS alone does not stop a WebSocket from a foreign page.
      allowRequest: ({ headers }: IncomingMessage, answer) => {
        if (drain.isDraining) answer('UNAVAILABLE', false);
        else if (isOriginAllowed(headers.origin, headers.host, origins)) answer(null, true);
        else answer('ORIGIN_NOT_ALLOWED', false);
      },
    };
  }

  override createIOServer(_port: number, options?: ServerOptions): Server {
    return new Server(this.httpServer as HttpServer, { ...options, ...this.options });
  }
}
