import { Client } from 'pg';
import { register } from 'prom-client';
import type { Database } from '@convene/prisma/database/database';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { createPastPartitions, pastId, pastMonth } from '@convene/testing/past-partitions';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { DropExpiredPartitionsJob } from '../jobs/drop-expired-partitions.job';
import { ExpiredPartitions } from '../retention/expired-partitions';
import type { RetentionPolicy } from '../retention/retention-policy';

/** Past months that there are by default; the policy of the job keeps as many of the steps. */
const MONTHS = 7;

/** A database with past months, and the job that drops them under the role of its worker. */
export class PastMonths {
  /** The recipient of all notifications. */
  readonly ana = pastId(0);

  private constructor(
    private readonly count: number,
    private readonly database: TestDatabase,
    readonly owner: Client,
    readonly db: Database,
  ) {}

  static async create(count = MONTHS): Promise<PastMonths> {
    const database = await createTestDatabase();
    const owner = new Client({ connectionString: database.url });
    await owner.connect();
    await createPastPartitions(owner, count);
    return new PastMonths(count, database, owner, databaseAs('notifications-worker', database.url));
  }

  async drop(): Promise<void> {
    register.clear();
    await this.owner.end();
    await this.db.onApplicationShutdown();
    await this.database.drop();
  }

  async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.database.url });
    // One is killed.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  run(policy: Partial<RetentionPolicy>): Promise<number> {
    const whole = { eventsMonths: undefined, notificationsMonths: undefined, stepsMonths: MONTHS, ...policy };
    register.clear();
    return new DropExpiredPartitionsJob(this.db, new ExpiredPartitions(this.db, whole), whole).run(
      new AbortController().signal,
    );
  }

  /** Those that a table still has, the latest first: `[1, 2]` are the two before this one. */
  async of(table: string): Promise<number[]> {
    const { rows } = await this.owner.query<{ name: string }>(
      `SELECT relname AS name FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = $1::regclass`,
      [table],
    );
    const names = rows.map(({ name }) => name);
    const all = Array.from({ length: this.count }, (_, index) => index + 1);
    return all.filter((ago) => names.includes(`${table}_${pastMonth(ago)}`));
  }

  notification(ago: number, seq: number, column = 'code', value: unknown = 'X') {
    return this.owner.query(
      `INSERT INTO notifications (event_id, recipient_user_id, seq, params, ${column === 'code' ? 'code' : `code, ${column}`})
       VALUES ($1, $2, $3, '{}', ${column === 'code' ? '$4' : "'X', $4"})`,
      [pastId(ago), this.ana, seq, value],
    );
  }
}

/** `2026-08-01`: the first day of the month so many months ago. */
export const firstOf = (ago: number) => `${pastMonth(ago).replace('_', '-')}-01`;
