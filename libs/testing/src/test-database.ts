import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { required } from './required';

const OBJECT_IN_USE = '55006';
const GOODBYE_MS = 2_000;

export interface TestDatabase {
  url: string;
  /** Ends whoever is still connected, and drops it. */
  drop(): Promise<void>;
}

/** A migrated, empty database of the caller's own: a copy of the template, which takes some 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await copyTemplate(name);
  const url = new URL(required('CONVENE_TEST_DATABASE_URL'));
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => drop(name) };
}

/** A pool that has ended is still saying goodbye: cut off then, its clients fail with an error that nobody awaits. */
async function drop(name: string): Promise<void> {
  const deadline = Date.now() + GOODBYE_MS;
  await onServer(async (client) => {
    const connected = () => client.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name]);
    while (Date.now() < deadline && (await connected()).rows.length > 0) await wait(10);
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
}

/** PostgreSQL copies no database that somebody is connected to, be it its own autovacuum for a moment. */
async function copyTemplate(name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await onServer((client) => client.query(`CREATE DATABASE ${name} TEMPLATE convene_template`));
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== OBJECT_IN_USE || attempt === 50) throw error;
      await wait(100);
    }
  }
}

async function onServer(work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: required('CONVENE_TEST_DATABASE_URL') });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
