import { Database } from '@convene/prisma/database/database';
import { PrismaService } from '@convene/prisma/prisma.service';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { PurgeIdempotencyKeysJob } from './purge-idempotency-keys.job';

let database: TestDatabase;
let prisma: PrismaService;
beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await database.drop();
});

it('the purge deletes exactly the expired idempotency keys, in batches', async () => {
  await prisma.$executeRaw`
    INSERT INTO idempotency_keys (scope, key, request_hash, expires_at)
    SELECT 's', n::text, '', now() + CASE WHEN n % 6 = 0 THEN 1 ELSE -1 END * interval '1 hour'
    FROM generate_series(1, 12000) n`;
  await new PurgeIdempotencyKeysJob(prisma.database).run(new AbortController().signal);
  expect(await prisma.idempotencyKey.count()).toBe(2_000);
  expect(await prisma.idempotencyKey.count({ where: { expiresAt: { lt: new Date() } } })).toBe(0);
});
