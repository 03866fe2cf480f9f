import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Server } from 'socket.io';
import type { Room } from '@convene/contracts/sockets/rooms';
import type { RedisClient } from '@convene/redis/redis';
import { ChannelSubscriptions, SHARDED } from './channel-subscriptions';
import { FramePublisher, type RoomAdapter } from './frames';
import { interceptBroadcasts } from './intercept-broadcasts';
import { guarded } from './publish-guard';
import {
  CHANNEL_PREFIX,
  GATEWAY,
  type RoomSubscriber,
  type RoomSubscriberEvents,
  type RoomSubscriberRedis,
} from './room-subscriber';

const OPTIONS = { channelPrefix: CHANNEL_PREFIX, subscriptionMode: 'dynamic' } as const;

/**
 * A headless Socket.IO server: no HTTP, no clients, only the adapter, so that a frame travels exactly as one that a
 * gateway emits (socket.io's redis-emitter cannot reach the sharded adapter). An emit into a single room uses the
 * channel of that room, which only gateways with clients in it subscribe to.
 */
export class ShardedFramePublisher extends FramePublisher {
  private readonly server: Server;
  private publishing: Promise<void> = Promise.resolve();

  constructor(redis: RedisClient) {
    super();
    const publisher = {
      spublish: (channel: string, payload: string | Buffer) =>
        (this.publishing = guarded(redis.spublish(channel, payload))),
    };
    this.server = new Server({ adapter: createShardedAdapter(publisher, NO_SUBSCRIBER, OPTIONS) });
  }

  emit(room: Room, event: string, frame: object, traceparent?: string): Promise<void> {
    // The adapter publishes within this call, and does not return the outcome.
    this.server.to(room).emit(event, frame, ...(traceparent ? [traceparent] : []));
    return this.publishing;
  }
}

/** Subscribes to the rooms that sockets of this process are in, and to nothing else. */
export class ShardedRoomSubscriber implements RoomSubscriber {
  private readonly subscriptions: ChannelSubscriptions;
  private readonly adapter: RoomAdapter;
  private readonly onMessage = (channel: Buffer, message: Buffer) => this.toAdapter(channel, message);
  private toAdapter: (channel: Buffer, message: Buffer) => void = () => undefined;

  constructor(
    private readonly redis: RoomSubscriberRedis,
    { arrived, recovered }: RoomSubscriberEvents,
  ) {
    this.subscriptions = new ChannelSubscriptions(redis.subscriber, SHARDED);
    this.subscriptions.onRecovered(recovered);
    // To the adapter this looks like an ioredis subscriber.
    const subscriber = {
      on: (_event: 'smessageBuffer', listener: typeof this.onMessage) => (this.toAdapter = listener),
      ssubscribe: (channel: string) => this.subscriptions.subscribe(channel),
      sunsubscribe: (channel: string | string[]) =>
        [channel].flat().forEach((one) => this.subscriptions.unsubscribe(one)),
    };
    const headless = new Server({ adapter: createShardedAdapter(redis.publisher, subscriber, OPTIONS) });
    this.adapter = interceptBroadcasts(headless.of('/').adapter, arrived);
    redis.subscriber.on('smessageBuffer', this.onMessage);
  }

  join(room: string): void {
    void this.adapter.addAll(GATEWAY, new Set([room]));
  }

  leave(room: string): void {
    void this.adapter.del(GATEWAY, room);
  }

  settle(rooms: string[]): Promise<boolean> {
    return this.subscriptions.settle(rooms.map((room) => `${CHANNEL_PREFIX}#/#${room}#`));
  }

  alive(): Promise<boolean> {
    return this.subscriptions.alive();
  }

  close(): void {
    this.redis.subscriber.off('smessageBuffer', this.onMessage);
    this.subscriptions.close();
  }
}

/** A publisher has no clients, so its adapter subscribes to nothing. */
const NO_SUBSCRIBER = { on: ignore, ssubscribe: ignore, sunsubscribe: ignore };

function ignore(): void {
  // Called by the adapter; there is nothing to do.
}
