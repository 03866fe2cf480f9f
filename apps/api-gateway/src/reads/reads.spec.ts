import { ConveneError } from '@convene/contracts/errors';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { Reads } from './reads';

/** Two databases that differ in one row stand for a primary and a replica that is behind: it shows who was asked. */
let primary: TestDatabase;
let behind: TestDatabase;
let proxy: TcpProxy;
let gateways: [ApiHarness, ApiHarness];
const marker = newId();
beforeAll(async () => {
  [primary, behind] = [await createTestDatabase(), await createTestDatabase()];
  const other = new PrismaService(new Database({ databaseUrl: behind.url, applicationName: 'spec' }));
  await other.company.create({ data: { id: marker, name: 'only on the replica' } });
  await other.onApplicationShutdown();
  proxy = await TcpProxy.to(behind.url);
  const env = { REDIS_URL: (await createTestRedis()).url, DATABASE_READ_REPLICA_URL: proxy.url };
  gateways = [
    await ApiHarness.start({ DATABASE_URL: primary.url, ...env }),
    await ApiHarness.start({ DATABASE_URL: primary.url, ...env }),
  ];
  for (const gateway of gateways) {
    await gateway.app.get(Reads).replica!.look();
    // As if Redis had been there for longer than the window of recent writers.
    Reflect.set(Reflect.get(gateway.app.get(Reads), 'writers') as object, 'readySince', -Infinity);
  }
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await proxy.close();
  await Promise.all([primary.drop(), behind.drop()]);
});

/** The deadline of a silent replica, beside the read of the primary on a busy machine. */
const ANSWERED_WITHIN_MS = 8_000;

const askedOf = async (gateway: ApiHarness, reader?: string) => {
  const found = await gateway.app
    .get(Reads)
    .run(reader, (database) => database.query(sql`SELECT 1 FROM companies WHERE id = ${marker}::uuid`));
  return found.length > 0 ? 'replica' : 'primary';
};

it('a user who has not written reads from the replica', async () => {
  expect(await askedOf(gateways[0])).toBe('replica');
  expect(await askedOf(gateways[0], newId())).toBe('replica');
});

it('a user who has just written reads from the primary, at any gateway', async () => {
  const ana: Person = await gateways[0].person('Ana');
  expect(await askedOf(gateways[1], ana.id)).toBe('replica');
  await gateways[0].company(ana);
  expect(await askedOf(gateways[0], ana.id)).toBe('primary');
  expect(await askedOf(gateways[1], ana.id)).toBe('primary');
});

it('an unknown failure of the replica repeats the query on the primary, and a refusal of ours does not', async () => {
  const reads = gateways[0].app.get(Reads);
  const asked: string[] = [];
  const failing = (error: Error) => async (database: Database) => {
    asked.push(database === reads.replica!.database ? 'replica' : 'primary');
    if (database === reads.replica!.database) throw error;
    return 'answer';
  };
  await expect(reads.run(undefined, failing(new ConveneError('NOT_FOUND')))).rejects.toThrow(ConveneError);
  expect(await reads.run(undefined, failing(new Error('the server made a noise and was gone')))).toBe('answer');
  expect(asked).toEqual(['replica', 'replica', 'primary']);
});

it.each([
  ['an outage', () => proxy.cut()],
  ['silence', () => proxy.freeze()],
])('%s of the replica moves reads to the primary and back without a failed request', async (_, fail) => {
  fail();
  const startedAt = performance.now();
  expect(await askedOf(gateways[0])).toBe('primary');
  expect(performance.now() - startedAt).toBeLessThan(ANSWERED_WITHIN_MS);
  expect(gateways[0].app.get(Reads).replica!.usable).toBe(false);
  proxy.cut();
  proxy.restore();
  while (!gateways[0].app.get(Reads).replica!.usable) await gateways[0].app.get(Reads).replica!.look();
  expect(await askedOf(gateways[0])).toBe('replica');
});
