import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { logger } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';

/** Both limits must be exceeded: an outage of a push service is shorter, and a user with few pushes has few failures. */
const DROPPED_AFTER_FAILURES = 10;
const DROPPED_AFTER_DAYS = 7;

const dropped = new Counter({
  name: 'push_subscriptions_dropped_total',
  help: 'Push subscriptions that were removed because no push had reached them for days',
});

/** Counts consecutive failures per push subscription, and removes a subscription that keeps failing. */
@Injectable()
export class FailingSubscriptions {
  constructor(private readonly database: Database) {}

  /** @returns whether the subscription was removed: it has failed often enough, and for long enough. */
  async noteFailure(id: string): Promise<boolean> {
    const gone = await this.database.execute(sql`
      DELETE FROM push_subscriptions
      WHERE id = ${id}::uuid AND failures + 1 >= ${DROPPED_AFTER_FAILURES}
        AND failed_since < statement_timestamp() - make_interval(days => ${DROPPED_AFTER_DAYS})`);
    if (gone > 0) {
      dropped.inc();
      logger.info({ subscriptionId: id }, 'A push subscription that kept failing was removed');
      return true;
    }
    await this.database.execute(sql`
      UPDATE push_subscriptions
      SET failures = failures + 1, failed_since = coalesce(failed_since, statement_timestamp())
      WHERE id = ${id}::uuid`);
    return false;
  }

  async noteSuccess(id: string): Promise<void> {
    await this.database.execute(sql`
      UPDATE push_subscriptions SET failures = 0, failed_since = NULL WHERE id = ${id}::uuid AND failures > 0`);
  }
}
