import { setTimeout as wait } from 'node:timers/promises';
import { pastId } from '@convene/testing/past-partitions';
import { firstOf, PastMonths } from '../test-support/past-months';

const AGAIN_MS = 10 * 60 * 1000;
const EVERY_MS = 6 * 60 * 60 * 1000;

let months: PastMonths;
beforeEach(async () => {
  months = await PastMonths.create();
});
afterEach(() => months.drop());

/** What statements took beside the job. */
interface Traffic {
  readonly count: number;
  readonly longestMs: number;
}

describe('dropping a month', () => {
  /** Reads and writes the newest month in a loop, each statement refused if it waits for longer than a moment. */
  async function traffic(statement: () => [string, unknown[]]): Promise<() => Promise<Traffic>> {
    const client = await months.connect();
    await client.query(`SET lock_timeout = '250ms'`);
    let stopped = false;
    const traffic = { count: 0, longestMs: 0 };
    const ended = (async () => {
      while (!stopped) {
        const startedAt = performance.now();
        await client.query(...statement());
        traffic.longestMs = Math.max(traffic.longestMs, performance.now() - startedAt);
        traffic.count++;
      }
      await client.end();
    })();
    ended.catch(() => undefined);
    return async () => {
      stopped = true;
      await ended;
      return traffic;
    };
  }
  const reader = () =>
    traffic(() => [
      'SELECT * FROM notifications WHERE recipient_user_id = $1 ORDER BY seq DESC LIMIT 10',
      [months.ana],
    ]);
  const writer = () =>
    traffic(() => [
      `INSERT INTO notifications (event_id, recipient_user_id, seq, code, params, read_at) VALUES ($1, $2, 1, 'X', '{}', now())`,
      [pastId(0), months.ana],
    ]);

  const fill = (ago: number) =>
    months.owner.query(
      `INSERT INTO notifications (event_id, recipient_user_id, seq, code, params, read_at)
       SELECT (substr($1::text, 1, 14) || substr(gen_random_uuid()::text, 15))::uuid, gen_random_uuid(), n, 'X', '{}', now()
       FROM generate_series(1, 5000) n`,
      [pastId(ago)],
    );

  it('refuses no reader and no writer that would wait for a quarter of a second only', async () => {
    for (const ago of [3, 4, 5]) await fill(ago);
    const ends = [await reader(), await writer()];
    while ((await months.run({ notificationsMonths: 2 })) < EVERY_MS) await wait(5);
    for (const end of ends) expect((await end()).count).toBeGreaterThan(0);
    expect(await months.of('notifications')).toEqual([1, 2]);
  });

  it('of two years, 22 of 24, delays no statement by more than the moment for which a lock is waited', async () => {
    await months.drop();
    months = await PastMonths.create(24);
    for (let ago = 1; ago <= 24; ago++) await fill(ago);
    const ends = [await reader(), await writer()];
    while ((await months.run({ notificationsMonths: 2 })) < EVERY_MS) await wait(5);
    expect(await months.of('notifications')).toEqual([1, 2]);
    const [read, written] = await Promise.all(ends.map((end) => end()));
    const told = [read, written].map((of) => `${of?.count} of at most ${of?.longestMs.toFixed()} ms`).join(', ');
    process.stdout.write(`dropping 22 months: reads and writes beside it: ${told}\n`);
  });

  it('gives up at once, and lets readers and writers pass, while a long query reads the table', async () => {
    const long = await months.connect();
    await long.query('BEGIN');
    await long.query('SELECT count(*) FROM notifications');
    const ends = [await reader(), await writer()];
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await months.run({ notificationsMonths: 4 })).toBe(AGAIN_MS);
      expect(await months.of('notifications')).toEqual([1, 2, 3, 4, 5, 6, 7]);
    }
    for (const end of ends) expect((await end()).count).toBeGreaterThan(0);
    await long.query('COMMIT');
    await long.end();
    await months.run({ notificationsMonths: 4 });
    expect(await months.of('notifications')).toEqual([1, 2, 3, 4]);
  });

  it('leaves the month as it was when it is killed in the middle', async () => {
    await months.notification(5, 1, 'read_at', new Date());
    const killed = await months.connect();
    await killed.query('BEGIN');
    await killed.query(`SELECT drop_event_partition('notifications', $1)`, [firstOf(5)]);
    const { rows } = await killed.query('SELECT pg_backend_pid() AS pid');
    await months.owner.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
    while ((await months.owner.query('SELECT FROM pg_stat_activity WHERE pid = $1', [rows[0].pid])).rows.length > 0)
      await wait(5);
    expect((await months.owner.query('SELECT seq::int FROM notifications')).rows).toEqual([{ seq: 1 }]);
    expect(await months.of('notifications')).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await months.run({ notificationsMonths: 4 });
    expect(await months.of('notifications')).toEqual([1, 2, 3, 4]);
  });
});
