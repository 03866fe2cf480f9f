import { Client } from 'pg';
import { v7 } from 'uuid';
import { createPastPartitions, pastId, pastMonth } from '@convene/testing/past-partitions';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { firstOf } from '../test-support/past-months';

const TABLES = ['domain_events', 'inbox', 'notifications', 'notification_steps'];

let database: TestDatabase;
let owner: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  await owner.query('SELECT ensure_event_partitions(3)');
  await createPastPartitions(owner, 7);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

describe('drop_event_partition', () => {
  it('refuses other tables, and months that are always kept; leaves alone what an operator has detached', async () => {
    const drop = async (table: string, ago: number) =>
      (
        await owner.query<{ reason: string | null }>('SELECT drop_event_partition($1, $2) AS reason', [
          table,
          firstOf(ago),
        ])
      ).rows[0]?.reason;
    for (const table of ['users', 'domain_events_default', 'inbox; DROP TABLE users']) {
      await expect(drop(table, 5)).rejects.toThrow('is not a table with partitions by month');
    }
    for (const ago of [0, 1, 2]) await expect(drop('inbox', ago)).rejects.toThrow('which are always kept');
    expect(await drop('inbox', 4)).toBe('the events of its month are there');
    const name = `notifications_${pastMonth(5)}`;
    await owner.query(`ALTER TABLE notifications DETACH PARTITION ${name}`);
    expect(await drop('notifications', 5)).toBeNull();
    expect((await owner.query(`SELECT to_regclass('${name}') IS NOT NULL AS kept`)).rows).toEqual([{ kept: true }]);
  });

  it('keeps a month of which a replay has taken a reaction out of the ledger, until the replay has an outcome', async () => {
    const [act, event] = [v7(), pastId(3)];
    await owner.query(
      `INSERT INTO operator_acts (id, operator, command, filter, reason) VALUES ($1, 'ana', 'dlq replay', '{}', 'spec')`,
      [act],
    );
    await owner.query(
      `INSERT INTO operator_act_items (act_id, event_id, reaction, state) VALUES ($1, $2, 'r', 'taken')`,
      [act, event],
    );
    const drop = async () =>
      (await owner.query(`SELECT drop_event_partition('domain_events', $1) AS reason`, [firstOf(3)])).rows[0].reason;
    for (const state of ['taken', 'sent']) {
      await owner.query('UPDATE operator_act_items SET state = $1::"OperatorActItemState"', [state]);
      expect(await drop()).toBe(`act ${act} replays r of event ${event}`);
    }
    await owner.query(`UPDATE operator_act_items SET state = 'done'`);
    expect(await drop()).toBeNull();
  });

  it.each([
    ['the current month BC', `(date_trunc('month', now() AT TIME ZONE 'UTC')::date::text || ' BC')::date`],
    ['a coming month BC', `((now() + interval '1 month')::date::text || ' BC')::date`],
    ['a day before 1970', `'1969-12-31'::date`],
    ['no day', 'NULL'],
    ['minus infinity', `'-infinity'::date`],
    ['infinity', `'infinity'::date`],
  ])('refuses %s, and drops nothing', async (_, day) => {
    await owner.query('SELECT ensure_event_partitions(3)');
    const partitions = `SELECT inhrelid::regclass::text FROM pg_inherits ORDER BY 1`;
    const { rows: before } = await owner.query(partitions);
    for (const table of TABLES) {
      await expect(owner.query(`SELECT drop_event_partition('${table}', ${day})`)).rejects.toThrow(
        'is not a day since 1970: give any day of the month',
      );
    }
    await expect(owner.query(`SELECT drop_event_partition(NULL, '${firstOf(5)}')`)).rejects.toThrow('is not a table');
    expect((await owner.query(partitions)).rows).toEqual(before);
  });

  it('refuses what is always kept under the name of an old month', async () => {
    const [present, old] = [pastMonth(0), pastMonth(6)].map((month) => `notifications_${month}`);
    await owner.query(`DROP TABLE ${old}; ALTER TABLE ${present} RENAME TO ${old}`);
    await expect(owner.query(`SELECT drop_event_partition('notifications', '${firstOf(6)}')`)).rejects.toThrow(
      `${old} has other bounds than its month`,
    );
    for (const day of [firstOf(0), firstOf(-1)]) {
      await expect(owner.query(`SELECT drop_event_partition('notifications', '${day}')`)).rejects.toThrow(/kept/);
    }
  });
});
