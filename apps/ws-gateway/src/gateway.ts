import { httpAdapter, prepareHttp } from '@convene/http/http-app';
import { NestLogger } from '@convene/observability/logger';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';
import type { GatewayEnv } from './env';
import { SocketServer } from './socket-server';

/** The whole gateway, listening. */
export async function startGateway(env: GatewayEnv): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(env), httpAdapter(), {
    logger: new NestLogger(),
    abortOnError: false,
    bodyParser: false,
  });
  await prepareHttp(app, { origins: env.WS_CORS_ORIGIN });
  app.useWebSocketAdapter(new SocketServer(app));
  await app.listen(env.WS_PORT, '0.0.0.0');
  return app;
}
