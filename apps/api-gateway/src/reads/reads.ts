import { Inject, Injectable, OnApplicationShutdown } from '@nestjs/common';
import { Counter } from 'prom-client';
import { ConveneError } from '@convene/contracts/errors';
import { Database } from '@convene/prisma/database/database';
import { ENV, type Env } from '../env';
import { RecentWriters } from './recent-writers';
import { Replica } from './replica';

const counted = new Counter({
  name: 'db_lag_tolerant_reads_total',
  help: 'Reads that may be a little behind, by the database that answered',
  labelNames: ['database'],
});

/**
 * Reads that tolerate lag (`lagTolerated` in the contract), and which database they go to: the replica where there is
 * one, it keeps up, and the reader has not just written; else the primary. A read that the replica fails is done again
 * on the primary. In SQL, and not by Prisma's models: those would load their engine, and a second one for the replica.
 */
@Injectable()
export class Reads implements OnApplicationShutdown {
  readonly replica: Replica | undefined;

  constructor(
    private readonly primary: Database,
    private readonly writers: RecentWriters,
    @Inject(ENV) { DATABASE_READ_REPLICA_URL: url }: Env,
  ) {
    this.replica = url === undefined ? undefined : new Replica(primary, url);
    for (const database of this.replica ? ['primary', 'replica'] : ['primary']) counted.inc({ database }, 0);
  }

  /** @param readerId Undefined without a login: such a caller has no recent writes. */
  async run<T>(readerId: string | undefined, read: (database: Database) => Promise<T>): Promise<T> {
    const { replica } = this;
    if (replica?.usable && !(readerId !== undefined && (await this.writers.has(readerId)))) {
      try {
        const result = await read(replica.database);
        counted.inc({ database: 'replica' });
        return result;
      } catch (error) {
        // An answer of ours is the same on the primary. Anything else may be how a dying server says so: not all of its
        // ways to do that are known, and a mistake of ours fails on the primary, too.
        if (error instanceof ConveneError) throw error;
        replica.suspect();
      }
    }
    counted.inc({ database: 'primary' });
    return read(this.primary);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.replica?.close();
  }
}
