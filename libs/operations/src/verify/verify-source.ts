import { Inject, Injectable, OnApplicationShutdown } from '@nestjs/common';
import { logger, reasonOf } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { rawSql, sql } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';

export const VERIFY_REPLICA = Symbol('VerifyReplica');

/** A page that takes longer is too large for a system at work: ask for smaller ones. */
const PAGE_TIMEOUT_MS = 5_000;

export interface VerifiedFrom<T> {
  readonly source: 'primary' | 'replica';
  readonly result: T;
}

/**
 * Reads a page as one snapshot, so that a commit in between makes no defect: on the replica, where lag only means that younger
 * events are not there yet, and else on the primary. A replica that cancels a page, or does not answer, is passed over.
 */
@Injectable()
export class VerifySource implements OnApplicationShutdown {
  constructor(
    private readonly primary: Database,
    @Inject(VERIFY_REPLICA) private readonly replica: Database | undefined,
  ) {}

  async read<T>(page: (tx: Transaction) => Promise<T>): Promise<VerifiedFrom<T>> {
    if (this.replica) {
      try {
        return { source: 'replica', result: await snapshot(this.replica, page) };
      } catch (error) {
        logger.warn({ reason: reasonOf(error) }, 'A page is verified on the primary: the replica failed');
      }
    }
    return { source: 'primary', result: await snapshot(this.primary, page) };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.replica?.onApplicationShutdown();
  }
}

const LIMIT = rawSql(`SET LOCAL statement_timeout = ${PAGE_TIMEOUT_MS}`);
/** Long runs of pages leave the memory and the processors to those who work. */
const NO_WORKERS = sql`SET LOCAL max_parallel_workers_per_gather = 0`;

function snapshot<T>(database: Database, page: (tx: Transaction) => Promise<T>): Promise<T> {
  return database.transaction(
    async (tx) => {
      tx.write(LIMIT);
      tx.write(NO_WORKERS);
      return page(tx);
    },
    { isolationLevel: 'REPEATABLE READ', readOnly: true },
  );
}
