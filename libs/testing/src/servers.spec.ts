import amqplib from 'amqplib';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { createTestDatabase } from './test-database';
import { createTestRedis } from './test-redis';
import { createTestVhost } from './test-vhost';

describe('the server of a spec file', () => {
  it('is a migrated database, separate from others', async () => {
    const [mine, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const query = async (url: string, statement: string) => {
      const client = new Client({ connectionString: url });
      await client.connect();
      return client.query(statement).finally(() => client.end());
    };
    await query(mine.url, 'CREATE TABLE only_here ()');

    await expect(query(other.url, 'SELECT FROM only_here')).rejects.toThrow('does not exist');
    expect((await query(other.url, 'SELECT FROM _prisma_migrations')).rowCount).toBeGreaterThan(0);

    await Promise.all([mine.drop(), other.drop()]);
    await expect(query(mine.url, 'SELECT 1')).rejects.toThrow('does not exist');
  });

  it('is an empty Redis database', async () => {
    const [mine, other] = await Promise.all([createTestRedis(), createTestRedis()]);
    const [a, b] = [new Redis(mine.url), new Redis(other.url)];
    await a.set('key', 'value');

    expect(await b.get('key')).toBeNull();
    expect(mine.keyPrefix).not.toBe(other.keyPrefix);
    await Promise.all([a.quit(), b.quit()]);
  });

  it('is a RabbitMQ vhost', async () => {
    const [mine, other] = await Promise.all([createTestVhost(), createTestVhost()]);
    const [a, b] = await Promise.all([amqplib.connect(mine.url), amqplib.connect(other.url)]);
    await (await a.createChannel()).assertQueue('only-here');

    const channel = await b.createChannel();
    channel.on('error', () => undefined);
    await expect(channel.checkQueue('only-here')).rejects.toThrow('NOT_FOUND');
    await Promise.all([a.close(), b.close()]);
  });
});
