import { Injectable } from '@nestjs/common';
import type { Job } from '@convene/jobs/job';
import { purgeInBatches } from '@convene/jobs/purge-in-batches';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

const EVERY_MS = 60 * 60 * 1000;
/** A mail about the link may be late by that much, and is not sent without it. */
const KEPT_DAYS = 7;

/** An expired link of a mail is good for nothing, and names an address. The next one for its purpose is a new row. */
@Injectable()
export class PurgeMailTokensJob implements Job {
  readonly name = 'purge-mail-tokens';
  readonly everyMs = EVERY_MS;

  constructor(private readonly database: Database) {}

  async run(signal: AbortSignal): Promise<void> {
    await purgeInBatches(signal, 'mail_tokens', (limit) =>
      this.database.execute(sql`
        DELETE FROM mail_tokens WHERE id IN (
          SELECT id FROM mail_tokens WHERE expires_at < now() - make_interval(days => ${KEPT_DAYS})
          LIMIT ${limit} FOR UPDATE SKIP LOCKED)`),
    );
  }
}
