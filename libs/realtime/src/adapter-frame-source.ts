import { ClassicRoomFeed } from './classic-room-feed';
import { FrameSource, type FrameListener, type RoomAdapter } from './frame-source';
import { type PubSubKind, PubSubKindWatch } from './pubsub-kind';
import type { FeedEvents, FeedRedis, RoomFeed } from './room-feed';
import { ShardedRoomFeed } from './sharded-room-feed';

const FEEDS = { sharded: ShardedRoomFeed, classic: ClassicRoomFeed };

/**
 * Through the adapter that the server can do. It sits beside the sockets, in a headless server that is in the same
 * rooms: so a gateway serves before Redis has said what it is, and goes over when it has been exchanged for another.
 */
export class AdapterFrameSource extends FrameSource {
  private feed: RoomFeed | undefined;
  private local: RoomAdapter | undefined;
  private listener: FrameListener = () => undefined;
  private readonly recoveredListeners: (() => void)[] = [];

  constructor(private readonly redis: FeedRedis) {
    super();
    const watch = new PubSubKindWatch(redis.publisher);
    watch.onChange((kind) => void this.listenThrough(kind));
  }

  follow(local: RoomAdapter): void {
    this.local = local;
    local.on('create-room', (room: string) => {
      if (this.isShared(room)) this.feed?.join(room);
    });
    local.on('delete-room', (room: string) => {
      if (this.isShared(room)) this.feed?.leave(room);
    });
  }

  onFrame(listener: FrameListener): void {
    this.listener = listener;
  }

  onRecovered(listener: () => void): void {
    this.recoveredListeners.push(listener);
  }

  async settle(rooms: string[]): Promise<boolean> {
    return this.feed?.settle(rooms) ?? false;
  }

  async alive(): Promise<boolean> {
    return this.feed?.alive() ?? false;
  }

  private async listenThrough(kind: PubSubKind): Promise<void> {
    this.feed?.close();
    const recovered = () => this.recoveredListeners.forEach((listener) => listener());
    const events: FeedEvents = { arrived: (frame) => this.listener(frame), recovered };
    const feed = new FEEDS[kind](this.redis, events);
    this.feed = feed;
    const rooms = [...(this.local?.rooms.keys() ?? [])].filter((room) => this.isShared(room));
    for (const room of rooms) feed.join(room);
    await feed.settle(rooms);
    // Whoever was here before has missed what came until now.
    if (this.feed === feed) recovered();
  }

  /** Every socket has a room of its own, too, which nobody else speaks to. */
  private isShared(room: string): boolean {
    return !this.local?.sids.has(room);
  }
}
