import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import type { ProxiedRig } from './proxied-rig';
import { isPassed, runCase } from './run-case';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const fault = { name: 'nothing', about: 'nothing happens', run: () => Promise.resolve('it did') };

/** A rig in which nobody does anything, so that nothing can be missing. */
function idleRig(failure?: Error): ProxiedRig {
  const workload = {
    people: [],
    calls: { accepted: 0, refused: 0, broken: 0 },
    failure,
    run: () => Promise.resolve(),
    finish: () => Promise.resolve(true),
  };
  const connect = async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    return client;
  };
  return {
    workload,
    connect,
    accepting: () => Promise.resolve(),
    withBroker: () => Promise.resolve(0),
  } as unknown as ProxiedRig;
}

it('a case is passed when nothing is missing', async () => {
  expect(isPassed(await runCase(idleRig(), fault, 1))).toBe(true);
});

it('a case is not passed when an operation has failed for good, though nothing is missing', async () => {
  const outcome = await runCase(idleRig(new Error('POST companies answered 500')), fault, 1);
  expect(outcome).toMatchObject({ proof: 'it did', error: 'POST companies answered 500' });
  expect(isPassed(outcome)).toBe(false);
});
