import { once } from 'node:events';
import { RedisConnections } from '@convene/redis/redis-connections';
import { withClockOffBy } from '@convene/testing/process-clock';
import { createTestRedis, type TestRedis } from '@convene/testing/test-redis';
import { BatchedRateLimiter } from './batched-rate-limiter';
import { RateLimiter } from './rate-limiter';

const budget = { name: 'lots', points: 100, seconds: 60 };

class Instance {
  readonly limiter = new RateLimiter(this.connections);
  readonly lots = new BatchedRateLimiter(this.limiter);
  private constructor(private readonly connections: RedisConnections) {}

  static async on(url: string): Promise<Instance> {
    const connections = new RedisConnections(url);
    if (connections.commands.status !== 'ready') await once(connections.commands, 'ready');
    return new Instance(connections);
  }

  /** One after the other, with the results of Redis in between. @returns how many were let through. */
  async takeMany(count: number, key: string): Promise<number> {
    let allowed = 0;
    for (let call = 0; call < count; call += 1) {
      if (this.lots.take(budget, key) === 0) allowed += 1;
      // A report leaves a moment after its call; an answer to the second of two pings follows that of the report.
      for (let pings = 0; pings < 2; pings += 1) await this.connections.commands.ping();
    }
    return allowed;
  }

  stop(): void {
    this.lots.onModuleDestroy();
    this.connections.onApplicationShutdown();
  }
}

let redis: TestRedis;
let instances: [Instance, Instance];
beforeAll(async () => {
  redis = await createTestRedis();
  instances = [await Instance.on(redis.url), await Instance.on(redis.url)];
});
afterAll(() => {
  for (const instance of instances) instance.stop();
});

it('the batched rate limiter lets one instance use the whole budget, and states when it is refilled', () => {
  const waits = Array.from({ length: 110 }, () => instances[0].lots.take(budget, 'ana'));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(100);
  expect(waits.at(-1)).toBeGreaterThan(50_000);
  expect(waits.at(-1)).toBeLessThanOrEqual(60_000);
  expect(waits.every(Number.isInteger)).toBe(true);
});

it('the batched rate limiter limits all instances together to the budget, within a lot each', async () => {
  const [one, two] = await Promise.all(instances.map((instance) => instance.takeMany(120, 'bo')));
  expect(one! + two!).toBeGreaterThanOrEqual(100);
  expect(one! + two!).toBeLessThanOrEqual(120);
});

it('the batched rate limiter admits up to the budget at each instance within one turn, and nothing after the reports', async () => {
  const burst = instances.map(({ lots }) => Array.from({ length: 150 }, () => lots.take(budget, 'gil')));
  expect(burst.flat().filter((wait) => wait === 0)).toHaveLength(200);
  const [one, two] = await Promise.all(instances.map((instance) => instance.takeMany(5, 'gil')));
  expect(one! + two!).toBe(0);
});

it('the batched rate limiter states what is left, with what other instances have reported', async () => {
  const [one, two] = instances;
  await one.takeMany(40, 'eve');
  expect(one.lots.charge(budget, 'eve')).toMatchObject({ allowed: true, remaining: 59 });
  await two.takeMany(10, 'eve');
  expect(two.lots.charge(budget, 'eve')).toMatchObject({ allowed: true, remaining: 49 });
  expect(two.lots.charge(budget, 'eve', 50)).toMatchObject({ allowed: false, remaining: 49 });
  await two.takeMany(49, 'eve');
  expect(two.lots.charge(budget, 'eve')).toMatchObject({ allowed: false, remaining: 0 });
});

it('the batched rate limiter counts each key separately, and starts again when the window ends', async () => {
  const brief = { name: 'brief', points: 5, seconds: 1 };
  const { lots } = instances[0];
  const spend = (key: string) => Array.from({ length: 8 }, () => lots.take(brief, key));
  expect(spend('cy').filter((wait) => wait === 0)).toHaveLength(5);
  expect(spend('di').filter((wait) => wait === 0)).toHaveLength(5);
  const wait = Math.max(...spend('cy'));
  await new Promise((resolve) => setTimeout(resolve, wait + 20));
  expect(lots.take(brief, 'cy')).toBe(0);
});

it('the batched rate limiter refills a budget in time when the clock is set back', async () => {
  const brief = { name: 'clock', points: 5, seconds: 1 };
  const { lots } = instances[0];
  await withClockOffBy(3_600_000, async () => {
    for (let call = 0; call < 8; call += 1) lots.take(brief, 'flo');
    // Redis counts the reports meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(lots.take(brief, 'flo')).toBe(0);
});

it('the batched rate limiter counts locally without Redis', async () => {
  const connections = new RedisConnections('redis://localhost:9');
  const lots = new BatchedRateLimiter(new RateLimiter(connections));
  const waits = Array.from({ length: 110 }, () => lots.take(budget, 'ana'));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(100);
  lots.onModuleDestroy();
  connections.onApplicationShutdown();
});
