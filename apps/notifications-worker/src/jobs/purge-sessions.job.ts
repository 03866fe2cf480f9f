import { Inject, Injectable } from '@nestjs/common';
import type { Job } from '@convene/jobs/job';
import { purgeInBatches } from '@convene/jobs/purge-in-batches';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { PURGE_POLICY, type PurgePolicy } from '../retention/purge-policy';

/** It reads all sessions. */
const EVERY_MS = 24 * 60 * 60 * 1000;

/**
 * Deletes sessions that ended long ago, by expiry or revocation. The one that acknowledged the most of its user's inbox is kept,
 * because timelines, pushes and digest mails go by it.
 */
@Injectable()
export class PurgeSessionsJob implements Job {
  readonly name = 'purge-sessions';
  readonly everyMs = EVERY_MS;

  constructor(
    private readonly database: Database,
    @Inject(PURGE_POLICY) private readonly policy: PurgePolicy,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    await purgeInBatches(signal, 'sessions', async (limit) => {
      const [purged] = await this.database.query<{ count: number }>(sql`
        SELECT purge_ended_sessions(${this.policy.sessionsDays}::int, ${limit}::int) AS count`);
      return purged?.count ?? 0;
    });
  }
}
