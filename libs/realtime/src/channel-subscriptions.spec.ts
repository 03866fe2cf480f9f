import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRedis, type RedisClient } from '@convene/redis/redis';
import { createTestRedis } from '@convene/testing/test-redis';
import { ChannelSubscriptions, SHARDED } from './channel-subscriptions';

const clients: RedisClient[] = [];
afterAll(() => clients.forEach((client) => client.disconnect()));

async function open(role: 'subscriber' | 'commands'): Promise<RedisClient> {
  const client = createRedis((await createTestRedis()).url, { role });
  clients.push(client);
  await once(client, 'ready');
  return client;
}

describe('channels subscribed in the same turn', () => {
  let observer: RedisClient;
  let subscriptions: ChannelSubscriptions;
  beforeAll(async () => {
    observer = await open('commands');
    subscriptions = new ChannelSubscriptions(await open('subscriber'), SHARDED);
  });

  const listeners = async (channels: string[]) => {
    const counts = (await observer.call('PUBSUB', 'SHARDNUMSUB', ...channels)) as (string | number)[];
    return counts.filter((_, index) => index % 2 === 1);
  };

  it('share a command, two hundred to each', async () => {
    const run = randomUUID();
    const channels = Array.from({ length: 450 }, (_, index) => `${run}:${index}`);
    const commands: string[][] = [];
    const monitor = await (observer as Extract<RedisClient, { monitor: unknown }>).monitor();
    monitor.on('monitor', (_time: string, command: string[]) => commands.push(command));

    for (const channel of channels) subscriptions.subscribe(channel);
    expect(await subscriptions.settle(channels)).toBe(true);
    expect(await listeners(channels)).toEqual(channels.map(() => 1));
    const own = commands.filter(([name, first]) => name?.toLowerCase() === 'ssubscribe' && first?.startsWith(run));
    expect(own.map(({ length }) => length - 1)).toEqual([200, 200, 50]);
    monitor.disconnect();
  });

  it('follow the last of several subscribe and unsubscribe calls', async () => {
    const [kept, dropped, regretted] = [randomUUID(), randomUUID(), randomUUID()];
    for (const channel of [kept, dropped, regretted]) subscriptions.subscribe(channel);
    subscriptions.unsubscribe(dropped);
    subscriptions.unsubscribe(regretted);
    subscriptions.subscribe(regretted);
    await subscriptions.settle([kept, dropped, regretted]);
    expect(await listeners([kept, dropped, regretted])).toEqual([1, 0, 1]);
  });
});
