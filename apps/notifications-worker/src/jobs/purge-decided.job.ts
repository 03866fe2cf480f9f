import { Inject, Injectable } from '@nestjs/common';
import type { Job } from '@convene/jobs/job';
import { purgeInBatches } from '@convene/jobs/purge-in-batches';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { PURGE_POLICY, type PurgePolicy } from '../retention/purge-policy';

const EVERY_MS = 60 * 60 * 1000;

/**
 * Deletes invites and requests to join that were decided long ago: they name people, of whom those that joined have a membership.
 * Pending ones stay, and so do those that may still be answered again or sent again.
 */
@Injectable()
export class PurgeDecidedJob implements Job {
  readonly name = 'purge-decided';
  readonly everyMs = EVERY_MS;

  constructor(
    private readonly database: Database,
    @Inject(PURGE_POLICY) private readonly policy: PurgePolicy,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    const { decidedDays } = this.policy;
    await purgeInBatches(signal, 'invites', (limit) =>
      this.database.execute(sql`
        DELETE FROM invites WHERE id IN (
          SELECT id FROM invites WHERE decided_at < now() - make_interval(days => ${decidedDays})
          LIMIT ${limit} FOR UPDATE SKIP LOCKED)`),
    );
    await purgeInBatches(signal, 'join_requests', (limit) =>
      this.database.execute(sql`
        DELETE FROM join_requests WHERE id IN (
          SELECT id FROM join_requests WHERE decided_at < now() - make_interval(days => ${decidedDays})
          LIMIT ${limit} FOR UPDATE SKIP LOCKED)`),
    );
  }
}
