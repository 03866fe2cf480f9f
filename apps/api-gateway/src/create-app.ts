import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { proxyCheck } from '@convene/http/client-address';
import { boundConnections } from '@convene/http/connection-bounds';
import { httpAdapter, prepareHttp } from '@convene/http/http-app';
import { NestLogger } from '@convene/observability/logger';
import { AppModule } from './app.module';
import type { Env } from './env';
import { noteWriters } from './reads/note-writers';

/** The whole gateway, not yet listening. */
export async function createApp(env: Env): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(env),
    httpAdapter({ trustedProxies: env.TRUST_PROXY }),
    {
      bodyParser: false,
      logger: new NestLogger(),
    },
  );
  await prepareHttp(app, { origins: [...env.API_CORS_ORIGIN, new URL(env.PUBLIC_URL).origin] });
  if (env.DATABASE_READ_REPLICA_URL !== undefined) noteWriters(app);
  boundConnections(app.getHttpServer(), {
    max: env.API_MAX_CONNECTIONS,
    maxPerNetwork: env.API_MAX_CONNECTIONS_PER_ADDRESS,
    isProxy: proxyCheck(env.TRUST_PROXY),
  });
  return app;
}
