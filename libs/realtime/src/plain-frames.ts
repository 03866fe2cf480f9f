import type { Room } from '@convene/contracts/sockets/rooms';
import type { RedisClient } from '@convene/redis/redis';
import { ChannelSubscriptions, PLAIN } from './channel-subscriptions';
import { arrivedFrame, type FrameListener, FramePublisher, FrameSubscriber } from './frames';
import { guarded } from './publish-guard';

/** Carries every frame of the system. That suits a single gateway, which needs most of them. */
const CHANNEL = 'convene.frames';

export class PlainFramePublisher extends FramePublisher {
  constructor(private readonly redis: RedisClient) {
    super();
  }

  emit(room: Room, event: string, frame: object, traceparent?: string): Promise<void> {
    return guarded(this.redis.publish(CHANNEL, JSON.stringify({ room, event, frame, traceparent })));
  }
}

export class PlainFrameSubscriber extends FrameSubscriber {
  private readonly subscriptions: ChannelSubscriptions;

  constructor(private readonly redis: RedisClient) {
    super();
    this.subscriptions = new ChannelSubscriptions(redis, PLAIN);
    this.subscriptions.subscribe(CHANNEL);
  }

  follow(): void {
    // All frames arrive, whatever rooms there are.
  }

  onFrame(listener: FrameListener): void {
    this.redis.on('message', (channel: string, message: string) => {
      const arrived = channel === CHANNEL ? parse(message) : undefined;
      if (arrived) listener(arrived);
    });
  }

  onRecovered(listener: () => void): void {
    this.subscriptions.onRecovered(listener);
  }

  settle(): Promise<boolean> {
    return this.subscriptions.settle([CHANNEL]);
  }

  alive(): Promise<boolean> {
    return this.subscriptions.alive();
  }
}

/** Undefined for a message that is not a frame: another program may use the channel. */
function parse(message: string) {
  try {
    const { room, event, frame, traceparent } = JSON.parse(message) as Record<string, unknown>;
    return arrivedFrame(room, event, frame, traceparent);
  } catch {
    return undefined;
  }
}
