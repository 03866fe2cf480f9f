import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import { logger, nameService, NestLogger, reasonOf } from '@convene/observability/logger';
import { WorkerTransport } from './consumer/worker-transport';

/**
 * A worker's main: a Nest microservice whose transport is ours. SIGTERM and SIGINT drain it and exit 0; a worker that
 * cannot start says why and exits 1.
 */
export function runWorker(service: string, appModule: Type): void {
  nameService(service);
  start(appModule)
    .then(() => logger.info(`${service} is up`))
    .catch((error: unknown) => {
      logger.fatal({ err: error }, `${service} could not start: ${reasonOf(error)}`);
      process.exit(1);
    });
}

async function start(appModule: Type): Promise<void> {
  const app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(appModule, {
    useFactory: (strategy: WorkerTransport) => ({ strategy }),
    inject: [WorkerTransport],
    logger: new NestLogger(),
    abortOnError: false,
  });
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  await app.listen();
}
