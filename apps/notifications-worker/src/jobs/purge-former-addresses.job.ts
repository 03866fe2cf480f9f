import { Injectable } from '@nestjs/common';
import type { Job } from '@convene/jobs/job';
import { purgeInBatches } from '@convene/jobs/purge-in-batches';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

const EVERY_MS = 60 * 60 * 1000;
/** The time in which an account can be taken back, and by which a mail to the address may be late. */
const KEPT_DAYS = 7;

/** A former address is personal data, and useless once the account cannot be restored to it. */
@Injectable()
export class PurgeFormerAddressesJob implements Job {
  readonly name = 'purge-former-addresses';
  readonly everyMs = EVERY_MS;

  constructor(private readonly database: Database) {}

  async run(signal: AbortSignal): Promise<void> {
    await purgeInBatches(signal, 'former_addresses', (limit) =>
      this.database.execute(sql`
        DELETE FROM former_addresses WHERE id IN (
          SELECT id FROM former_addresses
          WHERE changed_at < now() - make_interval(days => ${KEPT_DAYS}) AND restorable_until < now()
          LIMIT ${limit} FOR UPDATE SKIP LOCKED)`),
    );
  }
}
