import type { Room } from '@convene/contracts/sockets/rooms';
import type { RedisClient } from '@convene/redis/redis';
import { ClassicFramePublisher, ClassicRoomSubscriber } from './classic-frames';
import { type FrameListener, FramePublisher, FrameSubscriber, type RoomAdapter } from './frames';
import { guarded } from './publish-guard';
import { type PubSubKind, PubSubKindWatch } from './pubsub-kind';
import type { RoomSubscriber, RoomSubscriberEvents, RoomSubscriberRedis } from './room-subscriber';
import { ShardedFramePublisher, ShardedRoomSubscriber } from './sharded-frames';

/** Publishes through the adapter that the server supports: sharded from Redis 7 on, else the classic one. */
export class AdapterFramePublisher extends FramePublisher {
  private readonly kind: PubSubKindWatch;
  private readonly publishers: Record<PubSubKind, FramePublisher>;

  constructor(redis: RedisClient) {
    super();
    this.kind = new PubSubKindWatch(redis);
    this.publishers = { sharded: new ShardedFramePublisher(redis), classic: new ClassicFramePublisher(redis) };
  }

  async emit(room: Room, event: string, frame: object, traceparent?: string): Promise<void> {
    const kind = this.kind.current ?? (await this.kind.answered());
    if (kind) await this.publishers[kind].emit(room, event, frame, traceparent);
    else await guarded(Promise.reject(new Error('Redis is not reachable')));
  }

  override async subscribed(rooms: readonly Room[]): Promise<readonly Room[]> {
    return this.kind.current ? this.publishers[this.kind.current].subscribed(rooms) : rooms;
  }
}

const ROOM_SUBSCRIBERS = { sharded: ShardedRoomSubscriber, classic: ClassicRoomSubscriber };

/**
 * Subscribes through the adapter that the server supports, in a headless server that joins the same rooms as the sockets.
 * So a gateway serves clients before Redis has answered which adapter that is, and changes over when Redis is upgraded.
 */
export class AdapterFrameSubscriber extends FrameSubscriber {
  private current: RoomSubscriber | undefined;
  private local: RoomAdapter | undefined;
  private listener: FrameListener = () => undefined;
  private readonly recoveredListeners: (() => void)[] = [];

  constructor(private readonly redis: RoomSubscriberRedis) {
    super();
    const watch = new PubSubKindWatch(redis.publisher);
    watch.onChange((kind) => void this.subscribeThrough(kind));
  }

  follow(local: RoomAdapter): void {
    this.local = local;
    local.on('create-room', (room: string) => {
      if (this.isShared(room)) this.current?.join(room);
    });
    local.on('delete-room', (room: string) => {
      if (this.isShared(room)) this.current?.leave(room);
    });
  }

  onFrame(listener: FrameListener): void {
    this.listener = listener;
  }

  onRecovered(listener: () => void): void {
    this.recoveredListeners.push(listener);
  }

  async settle(rooms: string[]): Promise<boolean> {
    return this.current?.settle(rooms) ?? false;
  }

  async alive(): Promise<boolean> {
    return this.current?.alive() ?? false;
  }

  private async subscribeThrough(kind: PubSubKind): Promise<void> {
    this.current?.close();
    const recovered = () => this.recoveredListeners.forEach((listener) => listener());
    const events: RoomSubscriberEvents = { arrived: (frame) => this.listener(frame), recovered };
    const subscriber = new ROOM_SUBSCRIBERS[kind](this.redis, events);
    this.current = subscriber;
    const rooms = [...(this.local?.rooms.keys() ?? [])].filter((room) => this.isShared(room));
    for (const room of rooms) subscriber.join(room);
    await subscriber.settle(rooms);
    // Sockets that connected before have missed the frames until now.
    if (this.current === subscriber) recovered();
  }

  /** Every socket also has a room of its own, which no publisher emits into. */
  private isShared(room: string): boolean {
    return !this.local?.sids.has(room);
  }
}
