import { PLAIN_CHANNEL } from './channels';
import { ChannelSubscriptions, PLAIN } from './channel-subscriptions';
import { arrivedFrame, FrameSource, type FrameListener } from './frame-source';
import type { RedisClient } from '@convene/redis/redis';

/** One plain channel with every frame of the system: for a single gateway. */
export class PlainFrameSource extends FrameSource {
  private readonly subscriptions: ChannelSubscriptions;

  constructor(private readonly redis: RedisClient) {
    super();
    this.subscriptions = new ChannelSubscriptions(redis, PLAIN);
    this.subscriptions.subscribe(PLAIN_CHANNEL);
  }

  follow(): void {
    // It hears everything, whoever is here.
  }

  onFrame(listener: FrameListener): void {
    this.redis.on('message', (channel: string, message: string) => {
      const arrived = channel === PLAIN_CHANNEL ? parse(message) : undefined;
      if (arrived) listener(arrived);
    });
  }

  onRecovered(listener: () => void): void {
    this.subscriptions.onRecovered(listener);
  }

  settle(): Promise<boolean> {
    return this.subscriptions.settle([PLAIN_CHANNEL]);
  }

  alive(): Promise<boolean> {
    return this.subscriptions.alive();
  }
}

/** Undefined for what is not a frame: another program may use the channel. */
function parse(message: string) {
  try {
    const { room, event, frame } = JSON.parse(message) as Record<string, unknown>;
    return arrivedFrame(room, event, frame);
  } catch {
    return undefined;
  }
}
