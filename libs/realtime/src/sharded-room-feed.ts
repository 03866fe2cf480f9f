import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Server } from 'socket.io';
import { CHANNEL_PREFIX } from './channels';
import { ChannelSubscriptions, SHARDED } from './channel-subscriptions';
import type { RoomAdapter } from './frame-source';
import { interceptBroadcasts } from './intercept-broadcasts';
import { type FeedEvents, type FeedRedis, GATEWAY, type RoomFeed } from './room-feed';

/** Through the sharded adapter: the node subscribes to the rooms its own sockets are in, and hears nothing else. */
export class ShardedRoomFeed implements RoomFeed {
  private readonly subscriptions: ChannelSubscriptions;
  private readonly adapter: RoomAdapter;
  private readonly hear = (channel: Buffer, message: Buffer) => this.toAdapter(channel, message);
  private toAdapter: (channel: Buffer, message: Buffer) => void = () => undefined;

  constructor(
    private readonly redis: FeedRedis,
    { arrived, recovered }: FeedEvents,
  ) {
    this.subscriptions = new ChannelSubscriptions(redis.subscriber, SHARDED);
    this.subscriptions.onRecovered(recovered);
    // To the adapter this looks like an ioredis subscriber.
    const subscriber = {
      on: (_event: 'smessageBuffer', listener: typeof this.hear) => (this.toAdapter = listener),
      ssubscribe: (channel: string) => this.subscriptions.subscribe(channel),
      sunsubscribe: (channel: string | string[]) =>
        [channel].flat().forEach((one) => this.subscriptions.unsubscribe(one)),
    };
    const options = { channelPrefix: CHANNEL_PREFIX, subscriptionMode: 'dynamic' } as const;
    const headless = new Server({ adapter: createShardedAdapter(redis.publisher, subscriber, options) });
    this.adapter = interceptBroadcasts(headless.of('/').adapter, arrived);
    redis.subscriber.on('smessageBuffer', this.hear);
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
    this.redis.subscriber.off('smessageBuffer', this.hear);
    this.subscriptions.close();
  }
}
