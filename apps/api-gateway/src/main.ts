import 'reflect-metadata';
import { loadEnv } from '@convene/config/env';
import { logger, nameService } from '@convene/observability/logger';
import { createApp } from './create-app';
import { envShape } from './env';

async function main(): Promise<void> {
  nameService('api-gateway');
  const env = loadEnv(envShape);
  const app = await createApp(env);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  await app.listen(env.API_PORT, env.BIND_ADDRESS);
  logger.info({ port: env.API_PORT }, 'api-gateway is up');
}

main().catch((error: NodeJS.ErrnoException) => {
  if (error.code === 'EADDRINUSE') logger.fatal(`API_PORT is taken by another process: ${error.message}`);
  else logger.fatal({ err: error }, `api-gateway could not start: ${error.message}`);
  process.exit(1);
});
