import type { Room } from '@convene/contracts/sockets/rooms';
import { ClassicFrameBus } from './classic-frame-bus';
import { FrameBus } from './frame-bus';
import { guarded } from './publish-guard';
import { type PubSubKind, PubSubKindWatch } from './pubsub-kind';
import type { RedisClient } from '@convene/redis/redis';
import { ShardedFrameBus } from './sharded-frame-bus';

/** Through the adapter that the server can do: sharded from Redis 7 on, else the classic one. */
export class AdapterFrameBus extends FrameBus {
  private readonly kind: PubSubKindWatch;
  private readonly buses: Record<PubSubKind, FrameBus>;

  constructor(redis: RedisClient) {
    super();
    this.kind = new PubSubKindWatch(redis);
    this.buses = { sharded: new ShardedFrameBus(redis), classic: new ClassicFrameBus(redis) };
  }

  async emit(room: Room, event: string, frame: object): Promise<void> {
    const kind = this.kind.current ?? (await this.kind.answered());
    await (kind ? this.buses[kind].emit(room, event, frame) : guarded(Promise.reject(new Error('Redis is not there'))));
  }
}
