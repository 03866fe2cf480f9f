import { register } from 'prom-client';
import { LeaseStore } from '@convene/jobs/lease-store';
import { RetentionSettings } from '@convene/jobs/retention-settings';
import { pastId } from '@convene/testing/past-partitions';
import { ExpiredPartitions } from '../retention/expired-partitions';
import type { RetentionPolicy } from '../retention/retention-policy';
import { firstOf, PastMonths } from '../test-support/past-months';
import { DropExpiredPartitionsJob } from './drop-expired-partitions.job';

const TABLES = ['domain_events', 'inbox', 'notifications', 'notification_steps'];
const AGAIN_MS = 10 * 60 * 1000;
const EVERY_MS = 6 * 60 * 60 * 1000;

let months: PastMonths;
beforeEach(async () => {
  months = await PastMonths.create();
});
afterEach(() => months.drop());

const event = async (ago: number, publishedAt: Date | null = new Date(), type = 'x.y'): Promise<string> => {
  const id = pastId(ago);
  await months.owner.query(
    `INSERT INTO domain_events (id, type, payload, occurred_at, published_at)
     VALUES ($1, $4, '{}', now() - $2 * interval '1 month', $3)`,
    [id, ago, publishedAt, type],
  );
  return id;
};

describe('the job that drops months', () => {
  it('tells operators what it goes by, as the instance has it that started last', async () => {
    const [store, settings] = [
      new LeaseStore(months.db),
      async () => (await months.owner.query('SELECT settings FROM jobs')).rows,
    ];
    const started = (policy: RetentionPolicy) =>
      store.register([new DropExpiredPartitionsJob(months.db, new ExpiredPartitions(months.db, policy), policy)]);
    await store.register([{ name: 'drop-expired-partitions' }]);
    for (const eventsMonths of [24, undefined]) {
      await started({ eventsMonths, notificationsMonths: 12, stepsMonths: 6 });
      const [{ settings: stored }] = (await settings()) as [{ settings: unknown }];
      const { retention } = RetentionSettings.parse(stored);
      expect(retention.map(({ table, months: kept, variable }) => [table, kept, variable])).toEqual([
        ['notification_steps', 6, 'NOTIFICATION_STEPS_RETENTION_MONTHS'],
        ['notifications', 12, 'NOTIFICATIONS_RETENTION_MONTHS'],
        ['domain_events', eventsMonths ?? null, 'EVENTS_RETENTION_MONTHS'],
        ['inbox', eventsMonths ?? null, 'EVENTS_RETENTION_MONTHS'],
      ]);
    }
  });

  it('keeps of each table as many months as the policy says, and without one all of them', async () => {
    for (const ago of [1, 2, 3, 4, 5]) await event(ago);
    await months.run({});
    for (const table of TABLES) expect(await months.of(table)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const policy = { eventsMonths: 2, notificationsMonths: 3, stepsMonths: 4 };
    expect(await new ExpiredPartitions(months.db, policy).list()).toHaveLength(5 + 5 + 4 + 3);
    expect(await register.getSingleMetricAsString('expired_partitions')).toMatch(/expired_partitions 17$/m);
    await months.run(policy);
    expect(await months.of('domain_events')).toEqual([1, 2]);
    expect(await months.of('inbox')).toEqual([1, 2]);
    expect(await months.of('notifications')).toEqual([1, 2, 3]);
    expect(await months.of('notification_steps')).toEqual([1, 2, 3, 4]);
    const { rows } = await months.owner.query('SELECT count(*)::int AS count FROM domain_events');
    expect(rows).toEqual([{ count: 2 }]);
    const { rows: detached } = await months.owner.query(
      `SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relispartition AND relname ~ '_[0-9]{4}_[0-9]{2}$'`,
    );
    expect(detached).toEqual([]);
  });

  it('keeps a month, and only that one, while something in it is pending', async () => {
    await event(3, null);
    await months.owner.query(`INSERT INTO inbox (event_id, reaction, state) VALUES ($1, 'r', 'dead')`, [
      await event(4),
    ]);
    await months.owner.query(`INSERT INTO audiences (event_id, drafts) VALUES ($1, '[]')`, [await event(5)]);
    await event(6, new Date(), 'x.swept');
    await months.owner.query(`INSERT INTO reactions (name, event_type, queue, registered_at) VALUES
      ('r', 'x.swept', 'events', now() - interval '2 years'), ('young', 'x.y', 'events', now())`);
    await event(7);
    const policy = { eventsMonths: 2, notificationsMonths: 2, stepsMonths: 2 };
    const left = async (expected: number[]) => {
      for (const table of TABLES) expect([table, await months.of(table)]).toEqual([table, expected]);
    };

    expect(await months.run(policy)).toBe(AGAIN_MS);
    await left([1, 2, 3, 4, 5, 6]);
    await months.owner.query('UPDATE domain_events SET published_at = now()');
    await months.run(policy);
    await left([1, 2, 4, 5, 6]);
    await months.owner.query(`UPDATE inbox SET state = 'discarded'`);
    await months.run(policy);
    await left([1, 2, 5, 6]);
    await months.owner.query('DELETE FROM audiences');
    await months.run(policy);
    await left([1, 2, 6]);
    await months.owner.query(`INSERT INTO sweep_watermarks (queue, watermark) VALUES ('events', uuid_v7_floor(now()))`);
    expect(await months.run(policy)).toBe(EVERY_MS);
    await left([1, 2]);
  });

  describe('with unread notifications', () => {
    const unread = async () =>
      (await months.owner.query('SELECT unread_count AS n FROM inbox_counters')).rows[0].n as number;
    const versionOf = async () =>
      Number((await months.owner.query('SELECT version FROM inbox_counters')).rows[0].version);
    beforeEach(async () => {
      await months.owner.query(
        `INSERT INTO users (id, email, password_hash, display_name) VALUES ($1, 'ana@example.com', '-', 'Ana')`,
        [months.ana],
      );
    });
    const counter = (seqs: number, unreadCount: number) =>
      months.owner.query(
        'INSERT INTO inbox_counters (user_id, last_seq, unread_count, version) VALUES ($1, $2, $3, 60)',
        [months.ana, seqs, unreadCount],
      );

    it('reads them before, so that the count stays true', async () => {
      await counter(3, 2);
      await months.notification(5, 1);
      await months.notification(5, 2, 'read_at', new Date());
      await months.notification(1, 3);
      expect(await months.run({ notificationsMonths: 2 })).toBe(EVERY_MS);
      expect(await months.of('notifications')).toEqual([1, 2]);
      expect([await unread(), await versionOf()]).toEqual([1, 61]);
    });

    it('leaves them unread while something else holds their month, and reads them once it does not', async () => {
      await counter(3, 2);
      await months.owner.query(`INSERT INTO inbox (event_id, reaction, state) VALUES ($1, 'r', 'dead')`, [
        await event(5),
      ]);
      await months.notification(5, 1);
      await months.notification(4, 2, 'snoozed_until', new Date(Date.now() + 86_400_000));
      await months.notification(4, 3);
      for (let again = 0; again < 2; again++) {
        expect(await months.run({ notificationsMonths: 2 })).toBe(AGAIN_MS);
        expect([await unread(), await versionOf()]).toEqual([2, 60]);
      }
      expect(await months.of('notifications')).toEqual([1, 2, 4, 5]);

      await months.owner.query('UPDATE notifications SET snoozed_until = NULL');
      await months.owner.query('UPDATE inbox_counters SET unread_count = 3');
      expect(await months.run({ notificationsMonths: 2 })).toBe(AGAIN_MS);
      expect(await months.of('notifications')).toEqual([1, 2, 5]);
      expect([await unread(), await versionOf()]).toEqual([1, 61]);
      await months.owner.query(`UPDATE inbox SET state = 'discarded'`);
      expect(await months.run({ notificationsMonths: 2 })).toBe(EVERY_MS);
      expect(await months.of('notifications')).toEqual([1, 2]);
      expect(await unread()).toBe(0);
    });

    it('neither reads nor locks anything in a month that a snoozed one holds', async () => {
      await counter(2, 1);
      await months.notification(4, 1, 'snoozed_until', new Date(Date.now() + 86_400_000));
      await months.notification(4, 2);
      const [transaction, query] = [jest.spyOn(months.db, 'transaction'), jest.spyOn(months.db, 'query')];
      expect(await months.run({ notificationsMonths: 2 })).toBe(AGAIN_MS);
      expect(transaction).not.toHaveBeenCalled();
      const dropped = query.mock.calls.flatMap(([{ text, values }]) => (text.includes('drop_event') ? values : []));
      expect(dropped).toContain(firstOf(5));
      expect(dropped).not.toContain(firstOf(4));
    });
  });
});
