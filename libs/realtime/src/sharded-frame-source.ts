import { createShardedAdapter } from '@socket.io/redis-adapter';
import { CHANNEL_PREFIX } from './channels';
import { ChannelSubscriptions, SHARDED } from './channel-subscriptions';
import { type AdapterFactory, FrameSource, type FrameListener } from './frame-source';
import { interceptBroadcasts } from './intercept-broadcasts';
import type { RedisClient } from './redis';

/** Through the sharded adapter: the node subscribes to the rooms its own sockets are in, and hears nothing else. */
export class ShardedFrameSource extends FrameSource {
  readonly adapter: AdapterFactory;
  private readonly subscriptions: ChannelSubscriptions;
  private listener: FrameListener = () => undefined;

  constructor(redis: { publisher: RedisClient; subscriber: RedisClient }) {
    super();
    this.subscriptions = new ChannelSubscriptions(redis.subscriber, SHARDED);
    // To the adapter this looks like an ioredis subscriber.
    const subscriber = {
      on: (event: string, listener: (...args: unknown[]) => void) => redis.subscriber.on(event, listener),
      ssubscribe: (channel: string) => this.subscriptions.subscribe(channel),
      sunsubscribe: (channel: string | string[]) =>
        [channel].flat().forEach((one) => this.subscriptions.unsubscribe(one)),
    };
    const options = { channelPrefix: CHANNEL_PREFIX, subscriptionMode: 'dynamic' } as const;
    const create = createShardedAdapter(redis.publisher, subscriber, options);
    const deliver: FrameListener = (arrived) => this.listener(arrived);
    // Socket.IO calls it with `new`, which an arrow function does not stand.
    this.adapter = function adapter(namespace) {
      return interceptBroadcasts(create(namespace), deliver);
    };
  }

  onFrame(listener: FrameListener): void {
    this.listener = listener;
  }

  onRecovered(listener: () => void): void {
    this.subscriptions.onRecovered(listener);
  }

  settle(rooms: string[]): Promise<boolean> {
    return this.subscriptions.settle(rooms.map((room) => `${CHANNEL_PREFIX}#/#${room}#`));
  }

  alive(): Promise<boolean> {
    return this.subscriptions.alive();
  }
}
