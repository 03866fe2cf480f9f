import { Injectable } from '@nestjs/common';
import type { Job } from '@convene/jobs/job';
import { purgeInBatches } from '@convene/jobs/purge-in-batches';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

const EVERY_MS = 60 * 60 * 1000;

/** Deletes the push subscriptions of ended sessions: a session expires without a commit that could delete them. */
@Injectable()
export class PurgePushSubscriptionsJob implements Job {
  readonly name = 'purge-push-subscriptions';
  readonly everyMs = EVERY_MS;

  constructor(private readonly database: Database) {}

  async run(signal: AbortSignal): Promise<void> {
    await purgeInBatches(signal, 'push_subscriptions', (limit) =>
      this.database.execute(sql`
        DELETE FROM push_subscriptions WHERE id IN (
          SELECT p.id FROM push_subscriptions p JOIN sessions s ON s.id = p.session_id
          WHERE s.revoked_at IS NOT NULL OR s.expires_at <= now()
          LIMIT ${limit} FOR UPDATE OF p SKIP LOCKED)`),
    );
  }
}
