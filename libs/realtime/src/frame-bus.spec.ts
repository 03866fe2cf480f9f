import { userRoom } from '@convene/contracts/sockets/rooms';
import { createTestRedis } from '@convene/testing/test-redis';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { register } from 'prom-client';
import { Server } from 'socket.io';
import type { FrameBus } from './frame-bus';
import type { ArrivedFrame, FrameSource } from './frame-source';
import { PlainFrameBus } from './plain-frame-bus';
import { PlainFrameSource } from './plain-frame-source';
import { createRedis, type RedisClient, type RedisRole } from './redis';
import { ShardedFrameBus } from './sharded-frame-bus';
import { ShardedFrameSource } from './sharded-frame-source';

const clients: RedisClient[] = [];
afterAll(() => clients.forEach((client) => client.disconnect()));

const open = (url: string, role: RedisRole['role']) => {
  const client = createRedis(url, { role });
  clients.push(client);
  return client;
};

const failures = async () =>
  (await register.getSingleMetric('realtime_publish_failures_total')?.get())?.values[0]?.value;

interface Mode {
  bus: (redis: RedisClient) => FrameBus;
  /** The receiving end, listening to the room. */
  source: (url: string, room: string) => Promise<FrameSource>;
}

const modes: Record<string, Mode> = {
  plain: {
    bus: (redis) => new PlainFrameBus(redis),
    source: async (url) => new PlainFrameSource(open(url, 'subscriber')),
  },
  sharded: {
    bus: (redis) => new ShardedFrameBus(redis),
    source: async (url, room) => {
      const source = new ShardedFrameSource({ publisher: open(url, 'commands'), subscriber: open(url, 'subscriber') });
      const server = new Server({ adapter: source.adapter });
      await server.of('/').adapter.addAll('a-socket', new Set([room]));
      return source;
    },
  },
};

describe.each(Object.entries(modes))('the %s frame bus', (_, mode) => {
  it('carries a frame to a node that listens to the room, also when it began to before Redis was there', async () => {
    const { url } = await createTestRedis();
    const room = userRoom(randomUUID());
    const source = await mode.source(url, room);
    const recovered = new Promise<void>((resolve) => source.onRecovered(resolve));
    const arrived = new Promise<ArrivedFrame>((resolve) => source.onFrame(resolve));
    const publisher = open(url, 'publisher');
    await Promise.all([recovered, publisher.status === 'ready' || once(publisher, 'ready')]);

    await mode.bus(publisher).emit(room, 'notifications.created', { seq: 1 });
    expect(await arrived).toEqual({ room, event: 'notifications.created', frame: { seq: 1 } });
    expect(await source.alive()).toBe(true);
  });

  it('does not fail its caller when Redis is gone: it counts', async () => {
    const before = (await failures()) ?? 0;
    await mode.bus(open('redis://127.0.0.1:1', 'publisher')).emit(userRoom(randomUUID()), 'notifications.created', {});
    expect(await failures()).toBe(before + 1);
  });

  it('does not keep its caller waiting when Redis is frozen', async () => {
    const before = (await failures()) ?? 0;
    const { url, freeze, stop } = await freezable((await createTestRedis()).url);
    const redis = open(url, 'publisher');
    await once(redis, 'ready');
    freeze();
    const started = performance.now();
    await mode.bus(redis).emit(userRoom(randomUUID()), 'notifications.created', {});
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(await failures()).toBe(before + 1);
    redis.disconnect();
    stop();
  });
});

/** A way to Redis on which, from one moment on, nothing is answered and nothing is closed. */
async function freezable(redisUrl: string) {
  const target = new URL(redisUrl);
  const upstreams: Socket[] = [];
  const accepted: Socket[] = [];
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    upstreams.push(upstream);
    accepted.push(client);
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const freeze = () => upstreams.forEach((upstream) => upstream.unpipe());
  const stop = () => {
    for (const socket of [...upstreams, ...accepted]) socket.destroy();
    server.close();
  };
  return { url: `redis://127.0.0.1:${port}`, freeze, stop };
}
