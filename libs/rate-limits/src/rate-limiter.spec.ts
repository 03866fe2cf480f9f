import { RedisConnections } from '@convene/redis/redis-connections';
import { createTestRedis, type TestRedis } from '@convene/testing/test-redis';
import { RateLimiter } from './rate-limiter';

const budget = { name: 'spec', points: 10, seconds: 60 };

describe('the rate limiter with Redis', () => {
  let redis: TestRedis;
  let connections: RedisConnections[];
  beforeAll(async () => {
    redis = await createTestRedis();
    connections = [new RedisConnections(redis.url), new RedisConnections(redis.url)];
    await Promise.all(
      connections.map(({ commands }) => (commands.status === 'ready' ? Promise.resolve() : once(commands))),
    );
  });
  afterAll(async () => {
    for (const connection of connections) connection.onApplicationShutdown();
  });

  it('lets exactly the budget through, however many instances count at once', async () => {
    const limiters = connections.map((connection) => new RateLimiter(connection));
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, index) => limiters[index % 2]!.consume(budget, 'ana')),
    );
    expect(results.filter(({ allowed }) => allowed)).toHaveLength(10);
    const refused = results.find(({ allowed }) => !allowed)!;
    expect(refused.remaining).toBe(0);
    expect(refused.resetMs).toBeGreaterThan(50_000);
  });

  it('counts each key and each cost separately', async () => {
    const limiter = new RateLimiter(connections[0]!);
    expect(await limiter.consume(budget, 'bo', 7)).toMatchObject({ allowed: true, remaining: 3 });
    expect(await limiter.consume(budget, 'bo', 4)).toMatchObject({ allowed: false, remaining: 3 });
    expect(await limiter.consume(budget, 'cy')).toMatchObject({ allowed: true, remaining: 9 });
  });

  it('charges budgets in order, and a refused call takes nothing from any', async () => {
    const limiter = new RateLimiter(connections[0]!);
    const wide = { name: 'wide', points: 20, seconds: 60 };
    const narrow = { name: 'narrow', points: 10, seconds: 60 };
    const charge = (cost: number, key = 'di') =>
      limiter.charge([
        { budget: wide, key: 'address', cost },
        { budget: narrow, key, cost },
      ]);
    const left = async (cost: number, key?: string) => (await charge(cost, key)).map(({ remaining }) => remaining);
    expect(await left(7)).toEqual([13, 3]);
    const refused = await charge(4);
    expect(refused.map(({ allowed, remaining }) => ({ allowed, remaining }))).toEqual([
      { allowed: true, remaining: 13 },
      { allowed: false, remaining: 3 },
    ]);
    expect(await left(3)).toEqual([10, 0]);
    expect(await left(10, 'ed')).toEqual([0, 0]);
    // The address has used up its own: no other budget is asked, or touched.
    expect(await charge(1, 'flo')).toMatchObject([{ budget: wide, allowed: false }]);
    expect(await limiter.consume(narrow, 'flo')).toMatchObject({ remaining: 9 });
  });
});

describe('the rate limiter without Redis', () => {
  it('counts locally, without a delay', async () => {
    const connection = new RedisConnections('redis://localhost:9');
    const limiter = new RateLimiter(connection);
    const results = [];
    const startedAt = performance.now();
    for (let call = 0; call < 12; call++) results.push(await limiter.consume(budget, 'ana'));
    expect(results.filter(({ allowed }) => allowed)).toHaveLength(10);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    const charge = (cost: number) => limiter.charge([{ budget, key: 'bo', cost }]);
    expect(await charge(7)).toMatchObject([{ allowed: true, remaining: 3 }]);
    expect(await charge(4)).toMatchObject([{ allowed: false, remaining: 3 }]);
    expect(await charge(3)).toMatchObject([{ allowed: true, remaining: 0 }]);
    connection.onApplicationShutdown();
  });
});

function once(commands: RedisConnections['commands']): Promise<void> {
  return new Promise((resolve) => commands.once('ready', () => resolve()));
}
