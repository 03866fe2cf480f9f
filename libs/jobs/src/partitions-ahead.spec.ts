import { Client } from 'pg';
import { register } from 'prom-client';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { createTestDatabase } from '@convene/testing/test-database';
import { PartitionsAhead } from './partitions-ahead';

it('the months ahead are those for which no partitioned table lacks its partition', async () => {
  const { url, drop } = await createTestDatabase();
  const database = new Database({ databaseUrl: url, applicationName: 'spec' });
  new PartitionsAhead(database);
  const months = async () => {
    const text = await register.getSingleMetricAsString('partitions_months_ahead');
    return Number(text.split(' ').at(-1));
  };
  const client = new Client({ connectionString: url });
  await client.connect();
  const dropPartition = async (parent: string, ahead: number) => {
    const utc = `now() AT TIME ZONE 'UTC' + interval '${ahead} months'`;
    const { rows } = await client.query<{ month: string }>(`SELECT to_char(${utc}, 'YYYY_MM') AS month`);
    await client.query(`DROP TABLE ${parent}_${rows[0]?.month}`);
  };

  await database.execute(sql`SELECT count(*) FROM ensure_event_partitions(3)`);
  expect(await months()).toBe(3);
  // A hole ends the count, whatever is beyond it.
  await dropPartition('notifications', 2);
  expect(await months()).toBe(1);
  await dropPartition('inbox', 0);
  expect(await months()).toBe(-1);
  await database.execute(sql`SELECT count(*) FROM ensure_event_partitions(3)`);
  expect(await months()).toBe(3);

  for (const parent of ['domain_events', 'inbox', 'notifications', 'notification_steps']) {
    await dropPartition(parent, 3);
    expect([parent, await months()]).toEqual([parent, 2]);
    await database.execute(sql`SELECT count(*) FROM ensure_event_partitions(3)`);
  }
  // A table that is partitioned by another release counts as soon as it is there.
  await client.query('CREATE TABLE receipts (id uuid) PARTITION BY RANGE (id)');
  expect(await months()).toBe(-1);

  await client.end();
  await database.onApplicationShutdown();
  await drop();
});
