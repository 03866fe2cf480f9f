import { DynamicModule, Global, Module, Provider, Type } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { DeletedAccounts } from '@convene/erasure/deleted-accounts';
import { AudienceStore } from '@convene/inbox/audience/audience-store';
import { NotificationWriter } from '@convene/inbox/notification-writer';
import { ProcessedReactions } from '@convene/inbox/processed-reactions';
import { JobsModule } from '@convene/jobs/jobs.module';
import { HealthRegistry } from '@convene/observability/health';
import { InternalServerModule } from '@convene/observability/internal-server.module';
import { type TracingEnv, TracingModule } from '@convene/observability/tracing/tracing.module';
import { DatabaseModule } from '@convene/prisma/database/database.module';
import { PoolReporter } from '@convene/prisma/database/pool-reporter';
import { ChunkSender } from './audience/chunk-sender';
import { Broker } from './broker';
import { DeadReactions } from './consumer/dead-reactions';
import { FailedMessageRouter } from './consumer/failed-message-router';
import { FrameSender } from './consumer/frame-sender';
import { ReactionRegistrar } from './consumer/reaction-registrar';
import { ReactionWaitStore } from './consumer/reaction-wait-store';
import { RethrowFilter } from './consumer/rethrow-filter';
import { RetryChains } from './consumer/retry-chains';
import { WorkerTransport } from './consumer/worker-transport';
import { OutboxStore } from './outbox/outbox-store';
import { Publisher } from './publisher';
import { QueueWatch } from './sweeper/queue-watch';
import { SweepStore } from './sweeper/sweep-store';
import { Sweeper } from './sweeper/sweeper';
import type { QueueName } from './topology/queues';
import type { MessageParser } from './wire';
import { LEGACY_PARSERS, WORKER_OPTIONS, type WorkerOptions } from './worker-options';

/** The variables of `workerEnv` (libs/config). */
interface WorkerEnv extends TracingEnv {
  readonly DATABASE_URL: string;
  readonly RABBITMQ_URL: readonly string[];
  readonly RABBITMQ_PREFETCH: number;
  readonly RABBITMQ_RETRY_MAX: number;
  readonly RABBITMQ_RETRY_BASE_MS: number;
  readonly SWEEP_EVERY_MS: number;
  readonly SWEEP_AGE_MS: number;
  readonly BIND_ADDRESS?: string;
  readonly INTERNAL_PORT: number;
}

export interface WorkerModuleOptions {
  readonly service: string;
  readonly env: WorkerEnv;
  readonly queues: readonly QueueName[];
  readonly prefetchOf?: WorkerOptions['prefetchOf'];
  readonly legacy?: Partial<Record<QueueName, Type<MessageParser>>>;
}

/** Everything a worker is beside its reactions: servers, pipeline, sweeper, health and metrics. */
@Global()
@Module({})
export class WorkerModule {
  static forRoot({ service, env, queues, prefetchOf = {}, legacy = {} }: WorkerModuleOptions): DynamicModule {
    const options: WorkerOptions = {
      queues,
      prefetch: env.RABBITMQ_PREFETCH,
      prefetchOf,
      retry: { maxAttempts: env.RABBITMQ_RETRY_MAX, baseMs: env.RABBITMQ_RETRY_BASE_MS },
      sweep: { everyMs: env.SWEEP_EVERY_MS, ageMs: env.SWEEP_AGE_MS },
    };
    return {
      module: WorkerModule,
      imports: [
        InternalServerModule.forRoot({
          service,
          port: env.INTERNAL_PORT,
          ...(env.BIND_ADDRESS !== undefined && { host: env.BIND_ADDRESS }),
        }),
        TracingModule.forRoot(service, env),
        DatabaseModule.forRoot({ databaseUrl: env.DATABASE_URL, applicationName: service }),
        JobsModule.forRoot(),
      ],
      providers: [
        { provide: WORKER_OPTIONS, useValue: options },
        ...parsersOf(legacy),
        {
          provide: Broker,
          inject: [HealthRegistry],
          useFactory: (health: HealthRegistry) => Broker.connect(env.RABBITMQ_URL, health, true),
        },
        { provide: APP_FILTER, useClass: RethrowFilter },
        AudienceStore,
        ChunkSender,
        DeadReactions,
        DeletedAccounts,
        NotificationWriter,
        OutboxStore,
        PoolReporter,
        FailedMessageRouter,
        FrameSender,
        ProcessedReactions,
        Publisher,
        QueueWatch,
        ReactionRegistrar,
        ReactionWaitStore,
        RetryChains,
        Sweeper,
        SweepStore,
        WorkerTransport,
      ],
      exports: [WorkerTransport, Publisher, AudienceStore, ChunkSender],
    };
  }
}

function parsersOf(legacy: NonNullable<WorkerModuleOptions['legacy']>): Provider[] {
  const [queues, classes] = [Object.keys(legacy), Object.values(legacy)];
  const useFactory = (...parsers: MessageParser[]) => new Map(queues.map((queue, index) => [queue, parsers[index]]));
  return [...classes, { provide: LEGACY_PARSERS, inject: classes, useFactory }];
}
