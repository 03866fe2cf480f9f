import { Inject, Injectable, OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { logger } from '@convene/observability/logger';
import { PrismaClient } from './generated/client';
import { ConvenePool } from './pool';
import { poolConfig } from './pool-config';
import { statementNames } from './statement-names';

export interface PrismaOptions {
  readonly databaseUrl: string;
  /** What `pg_stat_activity` shows: the name of the deployable. */
  readonly applicationName: string;
  /** Applies if the URL sets none. */
  readonly statementTimeoutMs?: number;
}

export const PRISMA_OPTIONS = Symbol('PrismaOptions');

/** The time after which Prisma rolls back an interactive transaction. */
const TRANSACTION_TIMEOUT_MS = 15_000;

/** The client. Connects when first used, so that a process boots without its database. */
@Injectable()
export class PrismaService extends PrismaClient implements OnApplicationShutdown {
  private readonly connections: ConvenePool;

  constructor(@Inject(PRISMA_OPTIONS) { databaseUrl, applicationName, statementTimeoutMs }: PrismaOptions) {
    const { reuseStatements, ...config } = poolConfig(databaseUrl, applicationName, statementTimeoutMs);
    const connections = new ConvenePool(config);
    const lost = (error: Error) => logger.warn({ reason: error.message }, 'A database connection was lost');
    super({
      errorFormat: 'minimal',
      adapter: new PrismaPg(connections, {
        onPoolError: lost,
        onConnectionError: lost,
        ...(reuseStatements && { statementNameGenerator: statementNames() }),
      }),
      transactionOptions: {
        timeout: TRANSACTION_TIMEOUT_MS,
        // Longer than the pool waits, so that the caller gets the pool's error.
        maxWait: config.connectionTimeoutMillis ? config.connectionTimeoutMillis + 1_000 : 2 ** 31 - 1,
      },
    });
    this.connections = connections;
  }

  /** The pool as it is now. */
  get pool(): { total: number; idle: number; waiting: number; limit: number } {
    const { totalCount: total, idleCount: idle, waitingCount: waiting, options } = this.connections;
    return { total, idle, waiting, limit: options.max };
  }

  /** Not `onModuleDestroy`: that comes before servers and consumers have finished what they are doing. */
  async onApplicationShutdown(): Promise<void> {
    await this.$disconnect();
    await this.connections.end();
  }
}
