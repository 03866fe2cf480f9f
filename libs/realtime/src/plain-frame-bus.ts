import type { Room } from '@convene/contracts/sockets/rooms';
import { PLAIN_CHANNEL } from './channels';
import { FrameBus } from './frame-bus';
import { guarded } from './publish-guard';
import type { RedisClient } from '@convene/redis/redis';

/** One channel for everything: right for a single gateway, which hears all frames whether it needs them or not. */
export class PlainFrameBus extends FrameBus {
  constructor(private readonly redis: RedisClient) {
    super();
  }

  emit(room: Room, event: string, frame: object): Promise<void> {
    return guarded(this.redis.publish(PLAIN_CHANNEL, JSON.stringify({ room, event, frame })));
  }
}
