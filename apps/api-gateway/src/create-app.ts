import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logout, LogoutAll, Refresh } from '@convene/contracts/http/routes/auth';
import { ReadHealth, ReadLiveness, ReadReadiness } from '@convene/contracts/http/routes/operations';
import { proxyCheck } from '@convene/http/client-address';
import { boundConnections } from '@convene/http/connection-bounds';
import { httpAdapter, prepareHttp } from '@convene/http/http-app';
import { shedRequests } from '@convene/http/shed-requests';
import { NestLogger } from '@convene/observability/logger';
import { LoadShedding } from '@convene/observability/overload/load-shedding';
import { AppModule } from './app.module';
import type { Env } from './env';
import { noteWriters } from './reads/note-writers';

/**
 * Never refused because of overload: a probe that fails takes the process away from those it still serves, a logout must not wait, and a
 * session whose refresh is refused sends its client back to the login, which costs the most of all.
 */
const NEVER_SHED = [ReadHealth, ReadLiveness, ReadReadiness, Logout, LogoutAll, Refresh];

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
  shedRequests(app, app.get(LoadShedding), NEVER_SHED);
  if (env.DATABASE_READ_REPLICA_URL !== undefined) noteWriters(app);
  boundConnections(app.getHttpServer(), {
    max: env.API_MAX_CONNECTIONS,
    maxPerNetwork: env.API_MAX_CONNECTIONS_PER_ADDRESS,
    isProxy: proxyCheck(env.TRUST_PROXY),
  });
  return app;
}
