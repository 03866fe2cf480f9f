import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Server } from 'socket.io';
import { type Room, userRoom } from '@convene/contracts/sockets/rooms';
import { createRedis, type RedisClient, type RedisRole } from '@convene/redis/redis';
import { PrivateRedis, redisProgram, WITHOUT_SHARDED_PUBSUB } from '@convene/testing/private-redis';
import { AdapterFramePublisher, AdapterFrameSubscriber } from './adapter-frames';
import type { ArrivedFrame, RoomAdapter } from './frames';
import { askPubSubKind } from './pubsub-kind';

const clients: RedisClient[] = [];

async function open(url: string, role: RedisRole['role']): Promise<RedisClient> {
  const client = createRedis(url, { role });
  clients.push(client);
  await ready(client);
  return client;
}

const ready = (client: RedisClient) => (client.status === 'ready' ? Promise.resolve() : once(client, 'ready'));

/** A publisher, and a gateway with one socket in one room. */
class Pair {
  readonly arrived: ArrivedFrame[] = [];
  readonly room = userRoom(randomUUID());
  private readonly framePublisher: AdapterFramePublisher;

  private constructor(
    private readonly publisher: RedisClient,
    readonly frameSubscriber: AdapterFrameSubscriber,
    readonly rooms: RoomAdapter,
  ) {
    this.framePublisher = new AdapterFramePublisher(publisher);
    frameSubscriber.follow(rooms);
    frameSubscriber.onFrame((frame) => this.arrived.push(frame));
    void rooms.addAll('a-socket', new Set(['a-socket', this.room]));
  }

  static async on(url: string): Promise<Pair> {
    const publisher = await open(url, 'publisher');
    const frameSubscriber = new AdapterFrameSubscriber({
      publisher: await open(url, 'commands'),
      subscriber: await open(url, 'subscriber'),
    });
    const pair = new Pair(publisher, frameSubscriber, new Server().of('/').adapter);
    await pair.recovered();
    return pair;
  }

  /** Resolves once the subscriptions work again, and the publisher can publish. */
  async recovered(): Promise<void> {
    await new Promise<void>((resolve) => this.frameSubscriber.onRecovered(resolve));
    await ready(this.publisher);
  }

  /** What arrives of these, with one for our own room behind them that says when all have been through. */
  async emit(...rooms: Room[]): Promise<string[]> {
    const eventId = randomUUID();
    for (const room of [...rooms, this.room]) await this.framePublisher.emit(room, 'users.settled', { eventId });
    const own = () => this.arrived.filter(({ frame }) => frame.eventId === eventId).map(({ room }) => room);
    while (own().at(-1) !== this.room) await new Promise(setImmediate);
    return own().slice(0, -1);
  }
}

(redisProgram ? describe : describe.skip)('the adapter that Redis can serve', () => {
  let server: PrivateRedis;
  afterEach(async () => {
    for (const client of clients.splice(0)) client.disconnect();
    await server.kill();
  });

  const shards = async () => (await open(server.url, 'commands')).pubsub('SHARDCHANNELS');

  it('is exchanged at both ends, with all clients connected, when Redis is upgraded or downgraded', async () => {
    server = await PrivateRedis.start(...WITHOUT_SHARDED_PUBSUB);
    const pair = await Pair.on(server.url);
    expect(await shards()).toEqual([]);
    await pair.emit();

    await server.kill();
    expect(await pair.frameSubscriber.alive()).toBe(false);
    const upgraded = pair.recovered();
    await server.start('--databases', '1');
    await upgraded;
    // The adapter joins the shard of a room a moment after it is recovered.
    const shard = `convene#/#${pair.room}#`;
    const redis = await open(server.url, 'commands');
    while (!(await redis.pubsub('SHARDCHANNELS')).includes(shard)) await new Promise(setImmediate);
    await pair.emit();

    await server.kill();
    const downgraded = pair.recovered();
    await server.start();
    await downgraded;
    expect(await shards()).toEqual([]);
    await pair.emit();
    expect(await pair.frameSubscriber.alive()).toBe(true);
  });

  it.each([
    ['classic', WITHOUT_SHARDED_PUBSUB],
    ['sharded', []],
  ])('receives only frames for rooms with a member: %s', async (kind, options) => {
    server = await PrivateRedis.start(...options);
    const pair = await Pair.on(server.url);
    expect(await askPubSubKind(clients[0]!)).toBe(kind);
    const company = `company:${randomUUID()}` as const;
    expect(await pair.emit(company)).toEqual([]);
    void pair.rooms.addAll('another-socket', new Set([company]));
    await pair.frameSubscriber.settle([company]);
    expect(await pair.emit(company)).toEqual([company]);
    pair.rooms.delAll('another-socket');
    expect(await pair.emit(company)).toEqual([]);
  });

  it('is assumed to be sharded where the command is forbidden, and reported as deaf where subscribing is', async () => {
    server = await PrivateRedis.start();
    const admin = await open(server.url, 'commands');
    await admin.acl('SETUSER', 'curious', 'on', '>secret', '~*', '&*', '+@all', '-command');
    await admin.acl('SETUSER', 'deaf', 'on', '>secret', '~*', '&nothing', '+@all');
    const as = (user: string) => server.url.replace('//', `//${user}:secret@`);
    expect(await askPubSubKind(await open(as('curious'), 'commands'))).toBe('sharded');

    const deaf = await open(as('deaf'), 'subscriber');
    const frameSubscriber = new AdapterFrameSubscriber({ publisher: admin, subscriber: deaf });
    frameSubscriber.follow(new Server().of('/').adapter);
    await new Promise<void>((resolve) => frameSubscriber.onRecovered(resolve));
    expect(await frameSubscriber.alive()).toBe(false);
    await admin.acl('SETUSER', 'deaf', '&*');
    while (!(await frameSubscriber.alive())) await new Promise(setImmediate);
  });
});
