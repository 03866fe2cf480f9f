import { Injectable } from '@nestjs/common';
import type { Job } from '@convene/jobs/job';
import { purgeInBatches } from '@convene/jobs/purge-in-batches';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

const EVERY_MS = 24 * 60 * 60 * 1000;
/** A sweeper comes to them within hours; what is overdue by that much is of a queue that no process consumes any more. */
const OVERDUE_DAYS = 30;

/** Deletes what sweepers noted about queues that are gone: a sweeper itself deletes what lies behind its watermark. */
@Injectable()
export class PurgeSweepsJob implements Job {
  readonly name = 'purge-sweeps';
  readonly everyMs = EVERY_MS;

  constructor(private readonly database: Database) {}

  async run(signal: AbortSignal): Promise<void> {
    await purgeInBatches(signal, 'sweep_attempts', (limit) =>
      this.database.execute(sql`
        DELETE FROM sweep_attempts WHERE (queue, event_id) IN (
          SELECT queue, event_id FROM sweep_attempts WHERE next_at < now() - make_interval(days => ${OVERDUE_DAYS})
          LIMIT ${limit} FOR UPDATE SKIP LOCKED)`),
    );
    await purgeInBatches(signal, 'reaction_waits', (limit) =>
      this.database.execute(sql`
        DELETE FROM reaction_waits WHERE (event_id, reaction) IN (
          SELECT event_id, reaction FROM reaction_waits WHERE due_at < now() - make_interval(days => ${OVERDUE_DAYS})
          LIMIT ${limit} FOR UPDATE SKIP LOCKED)`),
    );
  }
}
