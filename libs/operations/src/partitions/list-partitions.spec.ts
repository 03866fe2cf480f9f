import { Client } from 'pg';
import { ListPartitions } from '@convene/contracts/ops/routes';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { createPastPartitions, pastId, pastMonth } from '@convene/testing/past-partitions';
import { OperationsHarness } from '../test-support/operations-harness';

const TABLES = ['domain_events', 'inbox', 'notification_steps', 'notifications'];

let servers: MessagingHarness;
let ops: OperationsHarness;
let owner: Client;
beforeAll(async () => {
  servers = await MessagingHarness.create();
  owner = new Client({ connectionString: servers.database.url });
  await owner.connect();
  await createPastPartitions(owner, 4);
  ops = await OperationsHarness.start(servers.database.url, servers.rabbitmqUrl);
});
afterAll(async () => {
  await ops.close();
  await owner.end();
  await servers.close();
});

const list = async () => (await ops.call(ListPartitions, { as: 'viewer' })).body;
const month = (ago: number) => pastMonth(ago).replace('_', '-');

it('the months of each table are listed, with those to come, and those that go next with what keeps them', async () => {
  await servers.prisma.domainEvent.create({ data: { id: pastId(4), type: 'x.y', payload: {}, publishedAt: null } });
  await servers.prisma.processedReaction.create({ data: { eventId: pastId(4), reaction: 'r', state: 'dead' } });
  const retention = [
    { table: 'notification_steps', months: 6, variable: 'NOTIFICATION_STEPS_RETENTION_MONTHS' },
    { table: 'notifications', months: null, variable: 'NOTIFICATIONS_RETENTION_MONTHS' },
  ];
  expect((await list()).tables.map((table) => table.retention)).toEqual([null, null, null, null]);
  await servers.prisma.job.create({ data: { name: 'drop-expired-partitions', settings: { retention } } });
  const { tables, nextDrops, monthsAhead, job } = await list();
  expect(tables.map(({ table }) => table)).toEqual(TABLES);
  for (const { months, fallback } of tables) {
    expect(months.slice(0, 5).map((one) => one.month)).toEqual([4, 3, 2, 1, 0].map(month));
    expect(months).toHaveLength(5 + monthsAhead);
    expect(months[0]!.bytes).toBeGreaterThan(0);
    expect(fallback.rows).toBe(0);
  }
  const pending = ['1 unpublished events', '1 dead reactions'];
  expect(nextDrops.map(({ bytes: _, ...drop }) => drop)).toEqual(
    TABLES.map((table) => ({
      table,
      month: month(4),
      // Six whole months are kept beside the current one.
      from: table === 'notification_steps' ? `${month(-3)}-01` : null,
      pending,
    })),
  );
  expect(tables.map((table) => table.retention)).toEqual([
    null,
    null,
    { months: 6, variable: 'NOTIFICATION_STEPS_RETENTION_MONTHS' },
    { months: null, variable: 'NOTIFICATIONS_RETENTION_MONTHS' },
  ]);
  expect(job).toMatchObject({ lastError: null });
});

it('rows of the default partition are counted', async () => {
  await servers.prisma.notificationStep.create({
    data: { id: pastId(30), eventId: pastId(30), recipientUserId: pastId(30), step: 'sent' },
  });
  await until(
    async () => (await list()).tables.find(({ table }) => table === 'notification_steps')?.fallback.rows === 1,
  );
});
