import { Injectable } from '@nestjs/common';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import type { Job } from './job';
import { purgeInBatches } from './purge-in-batches';

const EVERY_MS = 10 * 60 * 1000;

/** Responses to requests with an idempotency key are stored for a day only, because they contain personal data (encrypted). */
@Injectable()
export class PurgeIdempotencyKeysJob implements Job {
  readonly name = 'purge-idempotency-keys';
  readonly everyMs = EVERY_MS;

  constructor(private readonly database: Database) {}

  async run(signal: AbortSignal): Promise<void> {
    await purgeInBatches(signal, 'idempotency_keys', (limit) =>
      this.database.execute(sql`
        DELETE FROM idempotency_keys WHERE (scope, key) IN (
          SELECT scope, key FROM idempotency_keys WHERE expires_at < now()
          ORDER BY expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`),
    );
  }
}
