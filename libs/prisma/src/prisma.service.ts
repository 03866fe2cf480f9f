import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { Database } from './database/database';
import { PrismaClient } from './generated/client';

/** The time after which Prisma rolls back an interactive transaction. */
const TRANSACTION_TIMEOUT_MS = 15_000;

/** Prisma's client, on the connections of `database`. For models; statements in SQL go to `database` itself. */
@Injectable()
export class PrismaService extends PrismaClient implements OnApplicationShutdown {
  constructor(readonly database: Database) {
    const { connections, nameOf } = database;
    const { connectionTimeoutMillis } = connections.options;
    super({
      errorFormat: 'minimal',
      adapter: new PrismaPg(connections, { ...(nameOf && { statementNameGenerator: nameOf }) }),
      transactionOptions: {
        timeout: TRANSACTION_TIMEOUT_MS,
        // Longer than the pool waits, so that the caller gets the pool's error.
        maxWait: connectionTimeoutMillis ? connectionTimeoutMillis + 1_000 : 2 ** 31 - 1,
      },
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.$disconnect();
    await this.database.onApplicationShutdown();
  }
}
