import { Client } from 'pg';
import { freePort } from '@convene/testing/ports';
import { createTestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { createTestVhost } from '@convene/testing/test-vhost';
import { explain, givenServer } from './given';

const start = (name: 'postgres' | 'redis' | 'rabbitmq', url: string) => givenServer(name, 'SOME_URL', url).start();

describe('servers named by a URL', () => {
  it('are accepted when they answer', async () => {
    const { url, drop } = await createTestDatabase();
    await start('postgres', url);
    await start('redis', (await createTestRedis()).url);
    await start('rabbitmq', (await createTestVhost()).url);
    await drop();
  });

  it('may lack the database: the migration creates it', async () => {
    const { url, drop } = await createTestDatabase();
    await start('postgres', `${url}_not_there`);
    await drop();
  });

  it('may be several brokers, of which one answers', async () => {
    await start('rabbitmq', `amqp://127.0.0.1:${await freePort()},${(await createTestVhost()).url}`);
  });

  it.each(['postgres', 'redis', 'rabbitmq'] as const)('name the variable when nothing listens (%s)', async (name) => {
    const scheme = { postgres: 'postgresql', redis: 'redis', rabbitmq: 'amqp' }[name];
    const port = await freePort();
    await expect(start(name, `${scheme}://someone:hidden@127.0.0.1:${port}/x`)).rejects.toThrow(
      new RegExp(`127.0.0.1:${port} \\(SOME_URL\\) does not answer \\(nothing listens there\\).*unset SOME_URL`),
    );
  });

  it('say that it is the password, and do not print it', async () => {
    const { url } = await createTestVhost();
    const wrong = url.replace('guest:guest', 'guest:hidden');
    await expect(start('rabbitmq', wrong)).rejects.toThrow(/refuses the user or password in SOME_URL for user "guest"/);
    await expect(start('rabbitmq', wrong)).rejects.not.toThrow(/hidden/);
  });

  it('know the wrong passwords of PostgreSQL and Redis too', () => {
    const refused = Object.assign(new Error('password authentication failed for user "a"'), { code: '28P01' });
    expect(explain('postgres', 'DATABASE_URL', ['postgresql://a:b@h/c'], refused)).toContain(
      'refuses the user or password',
    );
    const noAuth = new Error('NOAUTH Authentication required.');
    expect(explain('redis', 'REDIS_URL', ['redis://h:6379'], noAuth)).toContain(
      'refuses the user or password in REDIS_URL:',
    );
  });

  it('say what a URL must look like', async () => {
    await expect(start('postgres', 'localhost:5432')).rejects.toThrow('SOME_URL is not a PostgreSQL URL');
    await expect(start('rabbitmq', 'http://localhost')).rejects.toThrow('must look like amqp://');
  });

  it('are not ours to end', async () => {
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
