import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { register } from 'prom-client';
import { Server } from 'socket.io';
import { userRoom } from '@convene/contracts/sockets/rooms';
import { createRedis, type RedisClient, type RedisRole } from '@convene/redis/redis';
import { PrivateRedis, redisProgram, WITHOUT_SHARDED_PUBSUB } from '@convene/testing/private-redis';
import { createTestRedis } from '@convene/testing/test-redis';
import { AdapterFramePublisher, AdapterFrameSubscriber } from './adapter-frames';
import type { ArrivedFrame, FramePublisher, FrameSubscriber } from './frames';
import { PlainFramePublisher, PlainFrameSubscriber } from './plain-frames';

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
  /** Where a Redis of this kind is to be had; undefined where it is not. */
  redis: (() => Promise<string>) | undefined;
  framePublisher: (redis: RedisClient) => FramePublisher;
  frameSubscriber: (url: string) => FrameSubscriber;
}

const shared = async () => (await createTestRedis()).url;
const adapter = {
  framePublisher: (redis: RedisClient) => new AdapterFramePublisher(redis),
  frameSubscriber: (url: string) =>
    new AdapterFrameSubscriber({ publisher: open(url, 'commands'), subscriber: open(url, 'subscriber') }),
};

const modes: Record<string, Mode> = {
  plain: {
    redis: shared,
    framePublisher: (redis) => new PlainFramePublisher(redis),
    frameSubscriber: (url) => new PlainFrameSubscriber(open(url, 'subscriber')),
  },
  sharded: { redis: shared, ...adapter },
  classic: { redis: redisProgram ? old : undefined, ...adapter },
};

const servers: PrivateRedis[] = [];
afterAll(() => Promise.all(servers.map((server) => server.kill())));

/** A real server that does not know a single sharded command, as before Redis 7. */
async function old(): Promise<string> {
  const server = await PrivateRedis.start(...WITHOUT_SHARDED_PUBSUB);
  servers.push(server);
  return server.url;
}

describe.each(Object.entries(modes).filter(([, { redis }]) => redis))('the %s frames', (_, mode) => {
  let url: string;
  beforeAll(async () => {
    url = await mode.redis!();
  });

  it('carry a frame to a node that subscribes to the room, also when it subscribed before Redis was available', async () => {
    const room = userRoom(randomUUID());
    const frameSubscriber = mode.frameSubscriber(url);
    const rooms = new Server().of('/').adapter;
    frameSubscriber.follow(rooms);
    void rooms.addAll('a-socket', new Set(['a-socket', room]));
    const recovered = new Promise<void>((resolve) => frameSubscriber.onRecovered(resolve));
    const arrived = new Promise<ArrivedFrame>((resolve) => frameSubscriber.onFrame(resolve));
    const publisher = open(url, 'publisher');
    await Promise.all([recovered, publisher.status === 'ready' || once(publisher, 'ready')]);
    // It may have subscribed before its connection was ready: then the subscription works a moment later.
    while (!(await frameSubscriber.alive())) await new Promise(setImmediate);

    await mode.framePublisher(publisher).emit(room, 'notifications.created', { seq: 1 });
    expect(await arrived).toEqual({ room, event: 'notifications.created', frame: { seq: 1 } });
    expect(await frameSubscriber.alive()).toBe(true);
  });

  it('count a failure without Redis instead of throwing', async () => {
    const before = (await failures()) ?? 0;
    await mode
      .framePublisher(open('redis://127.0.0.1:1', 'publisher'))
      .emit(userRoom(randomUUID()), 'notifications.created', {});
    expect(await failures()).toBe(before + 1);
  });

  it('do not keep the caller waiting when Redis is frozen', async () => {
    const before = (await failures()) ?? 0;
    const { url: frozen, freeze, stop } = await freezable(url);
    const redis = open(frozen, 'publisher');
    await once(redis, 'ready');
    freeze();
    const started = performance.now();
    await mode.framePublisher(redis).emit(userRoom(randomUUID()), 'notifications.created', {});
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
