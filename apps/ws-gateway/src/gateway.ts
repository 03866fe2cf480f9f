import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { httpAdapter, prepareHttp } from '@convene/http/http-app';
import { NestLogger } from '@convene/observability/logger';
import { AppModule } from './app.module';
import type { Env } from './env';
import { SocketServer } from './socket-server';

/**
 * Connections that wait in the kernel until the process takes them. With Node's 511 a herd loses its first packets, and
 * tries again after one second, then three. More than `net.core.somaxconn` (4,096 since Linux 5.4) is cut to that.
 */
const BACKLOG = 4_096;

/** The whole gateway, listening. */
export async function startGateway(env: Env): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(env), httpAdapter(), {
    logger: new NestLogger(),
    abortOnError: false,
    bodyParser: false,
  });
  await prepareHttp(app, { origins: env.WS_CORS_ORIGIN });
  app.useWebSocketAdapter(new SocketServer(app));
  await app.listen({ port: env.WS_PORT, host: env.BIND_ADDRESS, backlog: BACKLOG });
  return app;
}
