import { httpAdapter, prepareHttp } from '@convene/http/http-app';
import { NestLogger } from '@convene/observability/logger';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';
import type { ApiEnv } from './env';

/** The whole gateway, not yet listening. */
export async function createApp(env: ApiEnv): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(env), httpAdapter(), {
    bodyParser: false,
    logger: new NestLogger(),
  });
  app.setGlobalPrefix('v1', { exclude: ['health', 'health/live', 'health/ready', '.well-known/jwks.json'] });
  await prepareHttp(app, { origins: [...env.API_CORS_ORIGIN, new URL(env.PUBLIC_URL).origin] });
  return app;
}
