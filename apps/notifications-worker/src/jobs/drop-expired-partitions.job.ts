import { Inject, Injectable } from '@nestjs/common';
import { type EventRange, hasSnoozed, settleOldNotifications } from '@convene/inbox/settle-old';
import type { Job } from '@convene/jobs/job';
import { DROP_EXPIRED_PARTITIONS, type RetentionSettings } from '@convene/jobs/retention-settings';
import { logger } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { type ExpiredPartition, ExpiredPartitions } from '../retention/expired-partitions';
import { RETENTION_POLICY, retentionOf, type RetentionPolicy } from '../retention/retention-policy';

const EVERY_MS = 6 * 60 * 60 * 1000;
/** What holds a partition may be over by then: a query that reads it, a sweep, a user who made a notification unread. */
const AGAIN_MS = 10 * 60 * 1000;
const BATCH = 500;
/** The reason of `drop_event_partition` that this job itself can end. */
const UNREAD = 'a notification is unread or snoozed';

/**
 * Drops the monthly partitions that are older than the retention asks for, unless something in them is pending: see
 * [retention](../retention.md). Unread notifications of a month that nothing else holds are marked as read first, in batches.
 */
@Injectable()
export class DropExpiredPartitionsJob implements Job {
  readonly name = DROP_EXPIRED_PARTITIONS;
  readonly everyMs = EVERY_MS;

  readonly settings: RetentionSettings;

  constructor(
    private readonly database: Database,
    private readonly expired: ExpiredPartitions,
    @Inject(RETENTION_POLICY) policy: RetentionPolicy,
  ) {
    this.settings = { retention: retentionOf(policy) };
  }

  /** Each month on its own: one that is held does not hold the others, nor does a killed run leave half of one. */
  async run(signal: AbortSignal): Promise<number> {
    const partitions = await this.expired.list();
    let held = 0;
    for (const partition of partitions) {
      signal.throwIfAborted();
      const isOfPeople = partition.table === 'notifications';
      const reason = isOfPeople ? await this.dropOnceRead(partition, signal) : await this.drop(partition);
      if (reason === null) logger.info({ ...partition }, 'Dropped a month that is no longer kept');
      else logger.warn({ ...partition, reason }, 'A month that is no longer kept is not dropped yet');
      if (reason !== null) held++;
    }
    return held > 0 ? AGAIN_MS : EVERY_MS;
  }

  /** What people left unread stays so until nothing but that holds the month: it may be held for long. */
  private async dropOnceRead(partition: ExpiredPartition, signal: AbortSignal): Promise<string | null> {
    const range = await this.rangeOf(partition);
    if (await hasSnoozed(this.database, range)) return 'a notification is snoozed';
    const reason = await this.drop(partition);
    if (reason !== UNREAD) return reason;
    while ((await settleOldNotifications(this.database, range, BATCH)) > 0) signal.throwIfAborted();
    return this.drop(partition);
  }

  private async rangeOf({ month }: ExpiredPartition): Promise<EventRange> {
    const [range] = await this.database.query<EventRange>(sql`
      SELECT uuid_v7_floor(${month}::timestamp AT TIME ZONE 'UTC') AS "from",
        uuid_v7_floor((${month}::date + interval '1 month') AT TIME ZONE 'UTC') AS "to"`);
    if (!range) throw new Error('the database returned no ids');
    return range;
  }

  /** @returns why it stays for now; null when it is gone. */
  private async drop({ table, month }: ExpiredPartition): Promise<string | null> {
    const [answer] = await this.database.query<{ reason: string | null }>(sql`
      SELECT drop_event_partition(${table}, ${month}::date) AS reason`);
    return answer?.reason ?? null;
  }
}
