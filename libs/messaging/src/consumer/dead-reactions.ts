import { Injectable } from '@nestjs/common';
import { scrapedGauge, sharedRead } from '@convene/observability/scraped-gauge';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

/**
 * Reactions that are dead in the ledger, whichever worker reports them. The dead-letter queues hold copies, which may be
 * lost or purged (docs/adr/0031): an alert on their depth alone would end with them.
 */
@Injectable()
export class DeadReactions {
  constructor(private readonly database: Database) {
    const state = sharedRead(() => this.state());
    scrapedGauge(
      'dead_reactions',
      'Reactions that failed for good and were neither replayed nor discarded',
      async () => (await state()).count,
    );
    scrapedGauge(
      'dead_reaction_oldest_seconds',
      'Age of the oldest dead reaction; 0 when there is none',
      async () => (await state()).oldestSeconds,
    );
  }

  /** Reads the partial index of dead rows alone. */
  private async state(): Promise<{ count: number; oldestSeconds: number }> {
    const [row] = await this.database.query<{ count: number; oldestSeconds: number }>(sql`
      SELECT count(*)::int AS count,
        coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS "oldestSeconds"
      FROM inbox WHERE state = 'dead'`);
    return row ?? { count: 0, oldestSeconds: 0 };
  }
}
