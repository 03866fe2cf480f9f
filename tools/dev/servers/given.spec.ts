import { Client } from 'pg';
import { freePort } from '@convene/testing/ports';
import { createTestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { createTestVhost } from '@convene/testing/test-vhost';
import { givenServer } from './given';
import type { ServerName } from './server';

const start = (name: ServerName, url: string) => givenServer(name, 'SOME_URL', url).start();

describe('servers named by a URL', () => {
  it('are accepted when they answer', async () => {
    const { url, drop } = await createTestDatabase();
    await start('postgres', url);
    await start('redis', (await createTestRedis()).url);
    await start('rabbitmq', (await createTestVhost()).url);
    await drop();
  });

  it('can be several brokers of which one answers', async () => {
    await start('rabbitmq', `amqp://127.0.0.1:${await freePort()},${(await createTestVhost()).url}`);
  });

  it.each(['postgres', 'redis', 'rabbitmq'] as const)('name the variable when nothing listens (%s)', async (name) => {
    const scheme = { postgres: 'postgresql', redis: 'redis', rabbitmq: 'amqp' }[name];
    const port = await freePort();
    await expect(start(name, `${scheme}://someone:hidden@127.0.0.1:${port}/1`)).rejects.toThrow(
      new RegExp(`SOME_URL does not answer .*ECONNREFUSED.*${port}.*correct SOME_URL`),
    );
  });

  it('do not print a refused password', async () => {
    const wrong = (await createTestVhost()).url.replace('guest:guest', 'guest:hidden');
    await expect(start('rabbitmq', wrong)).rejects.toThrow(/ACCESS[_-]REFUSED/);
    await expect(start('rabbitmq', wrong)).rejects.not.toThrow(/hidden/);
  });

  it('name the variable when its URL is not of that kind of server', async () => {
    await expect(start('rabbitmq', 'http://localhost')).rejects.toThrow('correct SOME_URL');
    await expect(start('postgres', 'nonsense')).rejects.toThrow('correct SOME_URL');
  });

  it('are not stopped', async () => {
    const { url, drop } = await createTestDatabase();
    const server = givenServer('postgres', 'SOME_URL', url);
    await server.stop();
    await expect(server.kill()).rejects.toThrow('not ours');
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.end();
    await drop();
  });
});
