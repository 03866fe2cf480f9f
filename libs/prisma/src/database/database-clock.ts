import { Injectable } from '@nestjs/common';
import { scrapedGauge } from '@convene/observability/scraped-gauge';
import { Database } from './database';
import { sql } from './sql';

/** A larger skew visibly breaks what compares times across processes: tokens, leases, latencies. */
const MAX_SKEW_S = 2;

interface Skew {
  /** How far the clock of this process is ahead of the database's, in seconds; negative when it is behind. */
  readonly seconds: number;
  /** The possible error in either direction: half of the query's duration. */
  readonly uncertainty: number;
}

/**
 * Compares the clock of this process with the database's, which gives events their time (docs/adr/0027). A wrong clock
 * loses nothing, but the operator should know.
 */
@Injectable()
export class DatabaseClock {
  constructor(private readonly database: Database) {
    scrapedGauge(
      'clock_skew_seconds',
      "How far this process's clock is ahead of the database's",
      async () => (await this.skew()).seconds,
    );
  }

  /** @throws when the clock is off for certain, or the database does not answer. */
  async check(): Promise<void> {
    const { seconds, uncertainty } = await this.skew();
    if (Math.abs(seconds) - uncertainty <= MAX_SKEW_S) return;
    const way = seconds > 0 ? 'ahead of' : 'behind';
    throw new Error(`the clock is ${Math.abs(seconds).toFixed(1)} s ${way} the database's; is NTP running here?`);
  }

  private async skew(): Promise<Skew> {
    const asked = performance.now();
    const [row] = await this.database.query<{ now: Date }>(sql`SELECT clock_timestamp() AS now`);
    const uncertainty = (performance.now() - asked) / 2_000;
    if (!row) throw new Error('the database returned no time');
    return { seconds: (Date.now() - row.now.getTime()) / 1_000 - uncertainty, uncertainty };
  }
}
