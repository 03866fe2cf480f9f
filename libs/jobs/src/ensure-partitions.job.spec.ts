import { setTimeout as wait } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthRegistry } from '@convene/observability/health';
import { Database } from '@convene/prisma/database/database';
import { DatabaseModule } from '@convene/prisma/database/database.module';
import { sql } from '@convene/prisma/database/sql';
import { PrismaService } from '@convene/prisma/prisma.service';
import { createTestDatabase } from '@convene/testing/test-database';
import { EnsurePartitionsJob } from './ensure-partitions.job';
import { JobsModule } from './jobs.module';

it('the partition job creates missing partitions in a running application', async () => {
  const database = await createTestDatabase();

  @Module({ providers: [HealthRegistry], exports: [HealthRegistry] })
  class Observability {}

  @Module({
    imports: [
      { module: Observability, global: true },
      DatabaseModule.forRoot({ databaseUrl: database.url, applicationName: 'spec' }),
      JobsModule.forRoot({ pollMs: 20 }),
      JobsModule.register([EnsurePartitionsJob]),
    ],
  })
  class App {}

  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const prisma = new PrismaService(app.get(Database));
  const partitions = () =>
    prisma.$queryRaw<{ name: string }[]>`
      SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'domain_events'::regclass ORDER BY 1`;
  const runs = { name: 'ensure-partitions', lastSuccessAt: { not: null } };
  while ((await prisma.job.count({ where: runs })) === 0) await wait(10);

  const all = await partitions();
  const last = all.at(-2)!.name;
  await prisma.$executeRawUnsafe(`DROP TABLE ${last}`);
  await prisma.job.update({ where: { name: 'ensure-partitions' }, data: { nextRunAt: new Date(0) } });
  while ((await partitions()).length < all.length) await wait(10);
  expect(await partitions()).toEqual(all);

  await app.close();
  await database.drop();
});

it.each([null, -1, 61, 2_000_000_000])('%s is no number of months to create', async (months) => {
  const database = await createTestDatabase();
  const db = new Database({ databaseUrl: database.url, applicationName: 'spec' });
  await expect(db.query(sql`SELECT ensure_event_partitions(${months}::int)`)).rejects.toThrow(
    'is not a number of months from 0 to 60',
  );
  await db.onApplicationShutdown();
  await database.drop();
});
