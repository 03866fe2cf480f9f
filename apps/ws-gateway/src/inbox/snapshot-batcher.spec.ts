import { InboxReader } from '@convene/inbox/inbox-reader';
import { Database } from '@convene/prisma/database/database';
import { PrismaService } from '@convene/prisma/prisma.service';
import { InboxRows } from '@convene/testing/inbox-rows';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { SnapshotBatcher } from './snapshot-batcher';
import { UserReads } from './user-reads';

jest.setTimeout(60_000);

const HERD = 10_000;

let database: TestDatabase;
let prisma: PrismaService;
let rows: InboxRows;
beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  rows = await InboxRows.connect(database.url);
});
afterAll(async () => {
  await rows.end();
  await prisma.onApplicationShutdown();
  await database.drop();
});

it(`the snapshot batcher answers ${HERD} users with forty statements, each with its own inbox`, async () => {
  const users = await rows.users(HERD);
  const [first, last] = [users[0]!, users.at(-1)!];
  await rows.notifications(first, 3);
  await rows.notifications(last, 5);
  const reader = new InboxReader(prisma.database);
  const read = jest.spyOn(reader, 'read');
  const statements = jest.spyOn(prisma.database, 'query');
  const batcher = new SnapshotBatcher(reader, new UserReads());

  const snapshots = await Promise.all(users.map(({ id }) => batcher.read(id, 2)));

  expect(read).toHaveBeenCalledTimes(HERD / 250);
  expect(statements).toHaveBeenCalledTimes(HERD / 250);
  expect(snapshots.map(({ headSeq }) => headSeq)).toEqual([3, ...Array<number>(HERD - 2).fill(0), 5]);
  expect(snapshots[0]?.page.rows.map(({ seq }) => seq)).toEqual([3]);
  expect(snapshots.at(-1)?.page.rows.map(({ seq }) => seq)).toEqual([3, 4, 5]);
});

it('the snapshot batcher shares one answer among simultaneous requests, also a failure of the database', async () => {
  const [user] = await rows.users(1);
  const reader = new InboxReader(prisma.database);
  const batcher = new SnapshotBatcher(reader, new UserReads());
  expect(batcher.read(user!.id, 0)).toBe(batcher.read(user!.id, 0));
  jest.spyOn(reader, 'read').mockRejectedValueOnce(new Error('gone'));
  const failed = await Promise.allSettled([batcher.read(user!.id), batcher.read(user!.id, 0)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(batcher.read(user!.id)).resolves.toMatchObject({ headSeq: 0 });
});
