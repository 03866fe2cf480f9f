import { EventEmitter } from 'node:events';
import { createAdapter } from '@socket.io/redis-adapter';
import { Server } from 'socket.io';
import type { Room } from '@convene/contracts/sockets/rooms';
import type { RedisClient } from '@convene/redis/redis';
import { ChannelSubscriptions, PATTERN, PLAIN } from './channel-subscriptions';
import { arrivedFrame, FramePublisher, type RoomAdapter } from './frames';
import { guarded } from './publish-guard';
import {
  CHANNEL_PREFIX,
  GATEWAY,
  type RoomSubscriber,
  type RoomSubscriberEvents,
  type RoomSubscriberRedis,
} from './room-subscriber';

/** A broadcast as the classic adapter writes it: the id of its server, the packet, the options with its rooms. */
type ClassicBroadcast = readonly [uid?: string, packet?: { readonly data?: unknown[] }, opts?: object];

/** The same for publishers and gateways. JSON, as the sharded adapter writes: frames hold nothing binary. */
const OPTIONS = {
  key: CHANNEL_PREFIX,
  parser: {
    encode: (message: unknown) => JSON.stringify(message),
    decode: (message: Buffer): unknown => JSON.parse(message.toString()),
  },
};

/** The one pattern under which the classic adapter receives every room of the system. */
const ALL_ROOMS = `${CHANNEL_PREFIX}#/#*`;
const ROOM_AT = ALL_ROOMS.length - 1;

/** A headless Socket.IO server over the classic adapter, for a Redis that has no sharded pub/sub. */
export class ClassicFramePublisher extends FramePublisher {
  private readonly server: Server;
  private publishing: Promise<void> = Promise.resolve();

  constructor(redis: RedisClient) {
    super();
    const publisher = {
      on: ignore,
      publish: (channel: string, payload: string) => (this.publishing = guarded(redis.publish(channel, payload))),
    };
    this.server = new Server({ adapter: createAdapter(publisher, NO_SUBSCRIBER, OPTIONS) });
  }

  emit(room: Room, event: string, frame: object, traceparent?: string): Promise<void> {
    // The adapter publishes within this call, and does not return the outcome.
    this.server.to(room).emit(event, frame, ...(traceparent ? [traceparent] : []));
    return this.publishing;
  }
}

/** Every gateway receives every frame, and drops those for rooms that none of its sockets is in before parsing them. */
export class ClassicRoomSubscriber implements RoomSubscriber {
  private readonly patterns: ChannelSubscriptions;
  private readonly channels: ChannelSubscriptions;
  private readonly adapter: RoomAdapter;
  private readonly toAdapter = new EventEmitter();
  private readonly onBroadcast = (pattern: Buffer, channel: Buffer, message: Buffer) =>
    this.take(pattern, channel, message);
  private readonly onRequest = (channel: Buffer, message: Buffer) =>
    this.toAdapter.emit('messageBuffer', channel, message);

  constructor(
    private readonly redis: RoomSubscriberRedis,
    private readonly events: RoomSubscriberEvents,
  ) {
    this.patterns = new ChannelSubscriptions(redis.subscriber, PATTERN);
    this.channels = new ChannelSubscriptions(redis.subscriber, PLAIN);
    this.patterns.onRecovered(events.recovered);
    // To the adapter this looks like an ioredis subscriber.
    const subscriber = Object.assign(this.toAdapter, {
      psubscribe: (pattern: string) => this.patterns.subscribe(pattern),
      subscribe: (channels: string[]) => channels.forEach((channel) => this.channels.subscribe(channel)),
    });
    const headless = new Server({ adapter: createAdapter(redis.publisher, subscriber, OPTIONS) });
    this.adapter = headless.of('/').adapter;
    redis.subscriber.on('pmessageBuffer', this.onBroadcast);
    redis.subscriber.on('messageBuffer', this.onRequest);
  }

  join(room: string): void {
    void this.adapter.addAll(GATEWAY, new Set([room]));
  }

  leave(room: string): void {
    void this.adapter.del(GATEWAY, room);
  }

  settle(): Promise<boolean> {
    return this.patterns.settle([ALL_ROOMS]);
  }

  alive(): Promise<boolean> {
    return this.patterns.alive();
  }

  close(): void {
    this.redis.subscriber.off('pmessageBuffer', this.onBroadcast);
    this.redis.subscriber.off('messageBuffer', this.onRequest);
    this.patterns.close();
    this.channels.close();
  }

  /** Takes frames for single rooms; passes everything else to the adapter unchanged. */
  private take(pattern: Buffer, channel: Buffer, message: Buffer): void {
    const room = channel.subarray(ROOM_AT, -1).toString();
    if (room && !this.adapter.rooms.has(room)) return;
    const frame = room ? frameOf(room, message) : undefined;
    if (frame) this.events.arrived(frame);
    else this.toAdapter.emit('pmessageBuffer', pattern, channel, message);
  }
}

/** Undefined for a message that is not a frame: another program may use the channel. */
function frameOf(room: string, message: Buffer) {
  try {
    const [, packet] = OPTIONS.parser.decode(message) as ClassicBroadcast;
    const [event, frame, traceparent] = packet?.data ?? [];
    return arrivedFrame(room, event, frame, traceparent);
  } catch {
    return undefined;
  }
}

/** A publisher has no clients, so its adapter subscribes to nothing. */
const NO_SUBSCRIBER = { on: ignore, psubscribe: ignore, subscribe: ignore };

function ignore(): void {
  // Called by the adapter; there is nothing to do.
}
