import { Client } from 'pg';
import type { Database } from '@convene/prisma/database/database';
import type { Template } from '@convene/prisma/database/sql';
import { executedPlanOf } from '@convene/testing/executed-plan';
import { createPastPartitions, pastId, pastMonth } from '@convene/testing/past-partitions';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { OutboxStore } from './outbox-store';

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  await createPastPartitions(client, 24);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

it.each<[string, (store: OutboxStore, ids: string[]) => Promise<void>]>([
  ['marking events as published', (store, ids) => store.markPublished(ids)],
  ['renewing a claim', (store, ids) => store.renew(ids, 1_000)],
  ['releasing a claim', (store, ids) => store.release(ids, ids)],
])('%s touches the months of the events alone, of two years', async (_, work) => {
  const sent: Template[] = [];
  const execute = (statement: Template) => Promise.resolve(sent.push(statement));
  const store = new OutboxStore({ execute } as unknown as Database);
  await work(store, [pastId(1), pastId(0)]);
  const { tables } = await executedPlanOf(client, sent[0]!);
  const months = tables.filter((table) => table !== 'domain_events');
  expect(months).toEqual([1, 0].map((ago) => `domain_events_${pastMonth(ago)}`).sort());
});
