import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { createTestVhost } from '@convene/testing/test-vhost';
import { newKeys } from '@convene/tools/dev/keys';
import { System } from '@convene/tools/dev/system';

/** Kubernetes kills a container 30 s after SIGTERM (terminationGracePeriodSeconds). */
const GRACE_MS = 30_000;

jest.setTimeout(120_000);

describe('SIGTERM while PostgreSQL, Redis and RabbitMQ', () => {
  const proxies: TcpProxy[] = [];
  let system: System;
  let drop: () => Promise<void>;

  beforeEach(async () => {
    const database = await createTestDatabase();
    drop = () => database.drop();
    const through = async (url: string) => {
      const proxy = await TcpProxy.to(url);
      proxies.push(proxy);
      return proxy.url;
    };
    system = await System.start({
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        DATABASE_URL: await through(database.url),
        REDIS_URL: await through((await createTestRedis()).url),
        RABBITMQ_URL: await through((await createTestVhost()).url),
        ...newKeys(),
      },
    });
  });
  afterEach(async () => {
    await system.stop();
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
    await drop();
  });

  it.each([
    ['are frozen', (proxy: TcpProxy) => proxy.freeze()],
    ['are unreachable', (proxy: TcpProxy) => proxy.cut()],
  ])('%s: every app exits in order within its grace period', async (_, fail) => {
    for (const proxy of proxies) fail(proxy);
    const startedAt = performance.now();
    const ends = system.apps.map(async (app) => {
      const end = await app.stop();
      return [app.name, end, Math.round(performance.now() - startedAt)] as const;
    });
    for (const [name, end, afterMs] of await Promise.all(ends)) {
      expect([name, end]).toEqual([name, 'exit code 0']);
      expect(afterMs).toBeLessThan(GRACE_MS);
    }
  });
});
