import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectAmqp } from 'amqplib';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { findProgram } from '@convene/testing/find-program';
import { postgresBin } from './postgres';
import type { PrivateServer } from './private-server';
import { privateServer } from './provide';
import type { ServerName } from './server';

const ROOT = resolve(__dirname, '../../..');

const programs = {
  postgres: postgresBin(),
  redis: findProgram('redis-server'),
  rabbitmq: findProgram('rabbitmq-server'),
};

/** Writes through one connection and reads back through another. */
const stores: Record<ServerName, { write(url: string): Promise<unknown>; read(url: string): Promise<unknown> }> = {
  postgres: {
    write: (url) => sql(url, `CREATE TABLE kept AS SELECT 'kept' AS value`),
    read: async (url) => (await sql(url, 'SELECT value FROM kept')).rows[0]?.value as unknown,
  },
  redis: {
    write: (url) => withRedis(url, (redis) => redis.set('key', 'kept')),
    read: (url) => withRedis(url, (redis) => redis.get('key')),
  },
  rabbitmq: {
    write: (url) =>
      withChannel(url, async (channel) => {
        await channel.assertQueue('kept', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
        channel.sendToQueue('kept', Buffer.from('kept'), { persistent: true });
        await channel.waitForConfirms();
      }),
    read: (url) =>
      withChannel(url, async (channel) => {
        // Not acknowledged: it goes back when the channel closes. After a kill -9 in between it belongs to a channel that is
        // no more, until the queue has noticed: a moment later than the broker answers.
        const deadline = Date.now() + 20_000;
        let message = await channel.get('kept');
        while (!message && Date.now() < deadline) {
          await wait(50);
          message = await channel.get('kept');
        }
        return message && message.content.toString();
      }),
  },
};

describe.each(['postgres', 'redis', 'rabbitmq'] as const)('a private %s', (name) => {
  const test = programs[name] ? it : it.skip;
  const dir = mkdtempSync(join(tmpdir(), 'convene-private-'));
  chmodSync(dir, 0o755);
  const owners: PrivateServer[] = [];
  const open = async () => {
    const server = (await privateServer(name, { dir, profile: 'test', vhosts: 2 })) as PrivateServer;
    owners.push(server);
    return server;
  };

  afterAll(async () => {
    await Promise.all(owners.map((owner) => owner.stop()));
    rmSync(dir, { recursive: true, force: true });
  });

  test('keeps its data and its port through stop, kill -9 and a new owner', async () => {
    let server = await open();
    const { url } = server;
    await server.start();
    await stores[name].write(url);

    await server.stop();
    expect(server.isRunning).toBe(false);
    await server.start();
    expect(await stores[name].read(url)).toBe('kept');

    await server.kill();
    await server.start();
    expect(await stores[name].read(url)).toBe('kept');

    await server.stop();
    server = await open();
    expect(server.url).toBe(url);
    await server.start();
    expect(await stores[name].read(url)).toBe('kept');
  }, 180_000);

  test('is taken over with its data after a kill -9 of its owner', async () => {
    await Promise.all(owners.map((owner) => owner.stop()));
    const options = JSON.stringify({ dir, profile: 'test', vhosts: 2 });
    const program = `require('./tools/dev/servers/provide.ts').privateServer('${name}', ${options})
      .then((server) => server.start()).then(() => console.log('started'));`;
    const owner = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', program], { cwd: ROOT });
    await once(owner.stdout, 'data');
    owner.kill('SIGKILL');

    const server = await open();
    expect(server.url).toBe(owners[0]?.url);
    await server.start();
    expect(await stores[name].read(server.url)).toBe('kept');
  }, 180_000);
});

async function sql(url: string, statement: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client.query(statement).finally(() => client.end());
}

async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  return use(redis).finally(() => redis.disconnect());
}

async function withChannel<T>(
  url: string,
  use: (channel: Awaited<ReturnType<Awaited<ReturnType<typeof connectAmqp>>['createConfirmChannel']>>) => Promise<T>,
): Promise<T> {
  const connection = await connectAmqp(url);
  return use(await connection.createConfirmChannel()).finally(() => connection.close());
}
