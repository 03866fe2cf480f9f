import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import { logger, nameService, NestLogger, reasonOf } from '@convene/observability/logger';
import { WorkerTransport } from './consumer/worker-transport';

/**
 * A worker's main: a Nest microservice whose transport is `WorkerTransport`. SIGTERM and SIGINT drain it and exit 0; a
 * worker that cannot start logs the reason and exits 1.
 */
export function runWorker(service: string, compose: () => DynamicModule): void {
  nameService(service);
  start(compose)
    .then(() => logger.info(`${service} is up`))
    .catch((error: unknown) => {
      logger.fatal({ err: error }, `${service} could not start: ${reasonOf(error)}`);
      process.exit(1);
    });
}

async function start(compose: () => DynamicModule): Promise<void> {
  const app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(compose(), {
    useFactory: (strategy: WorkerTransport) => ({ strategy }),
    inject: [WorkerTransport],
    logger: new NestLogger(),
    abortOnError: false,
  });
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  await app.listen();
}
