import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Server } from 'socket.io';
import { type Room, userRoom } from '@convene/contracts/sockets/rooms';
import { createRedis, type RedisClient } from '@convene/redis/redis';
import { createTestRedis } from '@convene/testing/test-redis';
import { AdapterFramePublisher } from './adapter-frames';
import { CHANNEL_PREFIX } from './room-subscriber';
import { ShardedFramePublisher } from './sharded-frames';

const clients: RedisClient[] = [];
afterAll(() => clients.forEach((client) => client.disconnect()));

async function ready(role: 'publisher' | 'subscriber'): Promise<RedisClient> {
  const client = createRedis((await createTestRedis()).url, { role });
  clients.push(client);
  await once(client, 'ready');
  return client;
}

const ignore = () => undefined;
const newRoom = (): Room => userRoom(randomUUID());

it.each([[], ['00-trace']])(
  'a frame is what a Socket.IO server over the sharded adapter emits (%p)',
  (...traceparent) => {
    const published: [channel: string, message: Record<string, unknown>][] = [];
    const redis = {
      spublish: (channel: string, message: string) => {
        published.push([channel, JSON.parse(message) as Record<string, unknown>]);
        return Promise.resolve(1);
      },
    };
    const subscriber = { on: ignore, ssubscribe: ignore, sunsubscribe: ignore };
    const options = { channelPrefix: CHANNEL_PREFIX, subscriptionMode: 'dynamic' } as const;
    const room = newRoom();
    new Server({ adapter: createShardedAdapter(redis, subscriber, options) })
      .to(room)
      .emit('notifications.created', { seq: 1 }, ...traceparent);
    void new ShardedFramePublisher(redis as unknown as RedisClient).emit(
      room,
      'notifications.created',
      { seq: 1 },
      ...(traceparent as [string?]),
    );
    const [bySocketIo, ours] = published.map(([channel, message]) => [
      channel,
      { ...message, uid: typeof message.uid },
    ]);
    expect(ours).toEqual(bySocketIo);
  },
);

describe('rooms that a gateway is subscribed to', () => {
  it('are those with a subscription at this moment', async () => {
    const [publisher, gateway] = [await ready('publisher'), await ready('subscriber')];
    const frames = new AdapterFramePublisher(publisher);
    await frames.emit(newRoom(), 'notifications.created', {});
    const rooms = [newRoom(), newRoom(), newRoom()] as const;
    await gateway.ssubscribe(`${CHANNEL_PREFIX}#/#${rooms[1]}#`);
    expect(await frames.subscribed(rooms)).toEqual([rooms[1]]);
    expect(await frames.subscribed([])).toEqual([]);
  });

  it('are all that Redis does not tell about', async () => {
    const rooms = [newRoom(), newRoom()];
    const lost = createRedis('redis://127.0.0.1:1', { role: 'publisher' });
    clients.push(lost);
    expect(await new AdapterFramePublisher(lost).subscribed(rooms)).toEqual(rooms);
    expect(await new ShardedFramePublisher(lost).subscribed(rooms)).toEqual(rooms);
  });
});
