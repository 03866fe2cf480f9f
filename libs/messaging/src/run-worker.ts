import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AsyncMicroserviceOptions } from '@nestjs/microservices';
import { logger, nameService, NestLogger } from '@convene/observability/logger';
import { WorkerTransport } from './consumer/worker-transport';

/** Boots a worker: a Nest microservice whose transport is ours. SIGTERM and SIGINT drain it and exit 0. */
export async function runWorker(service: string, appModule: Type): Promise<void> {
  nameService(service);
  const app = await NestFactory.createMicroservice<AsyncMicroserviceOptions>(appModule, {
    useFactory: (strategy: WorkerTransport) => ({ strategy }),
    inject: [WorkerTransport],
    logger: new NestLogger(),
  });
  app.enableShutdownHooks();
  await app.listen();
  logger.info(`${service} is up`);
}
