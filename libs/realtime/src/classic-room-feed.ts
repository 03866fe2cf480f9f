import { createAdapter } from '@socket.io/redis-adapter';
import { EventEmitter } from 'node:events';
import { Server } from 'socket.io';
import { CHANNEL_PREFIX } from './channels';
import { ChannelSubscriptions, PATTERN, PLAIN } from './channel-subscriptions';
import { classicOptions, type ClassicBroadcast } from './classic-options';
import { arrivedFrame, type RoomAdapter } from './frame-source';
import { type FeedEvents, type FeedRedis, GATEWAY, type RoomFeed } from './room-feed';

/** The one pattern under which the classic adapter hears every room of the system. */
const ALL_ROOMS = `${CHANNEL_PREFIX}#/#*`;
const ROOM_AT = ALL_ROOMS.length - 1;

/** Through the classic adapter: every node hears every frame, and drops at a glance what is for no room of its own. */
export class ClassicRoomFeed implements RoomFeed {
  private readonly patterns: ChannelSubscriptions;
  private readonly channels: ChannelSubscriptions;
  private readonly adapter: RoomAdapter;
  private readonly toAdapter = new EventEmitter();
  private readonly hear = (pattern: Buffer, channel: Buffer, message: Buffer) => this.take(pattern, channel, message);
  private readonly hearRequest = (channel: Buffer, message: Buffer) =>
    this.toAdapter.emit('messageBuffer', channel, message);

  constructor(
    private readonly redis: FeedRedis,
    private readonly events: FeedEvents,
  ) {
    this.patterns = new ChannelSubscriptions(redis.subscriber, PATTERN);
    this.channels = new ChannelSubscriptions(redis.subscriber, PLAIN);
    this.patterns.onRecovered(events.recovered);
    // To the adapter this looks like an ioredis subscriber.
    const subscriber = Object.assign(this.toAdapter, {
      psubscribe: (pattern: string) => this.patterns.subscribe(pattern),
      subscribe: (channels: string[]) => channels.forEach((channel) => this.channels.subscribe(channel)),
    });
    const headless = new Server({ adapter: createAdapter(redis.publisher, subscriber, classicOptions) });
    this.adapter = headless.of('/').adapter;
    redis.subscriber.on('pmessageBuffer', this.hear);
    redis.subscriber.on('messageBuffer', this.hearRequest);
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
    this.redis.subscriber.off('pmessageBuffer', this.hear);
    this.redis.subscriber.off('messageBuffer', this.hearRequest);
    this.patterns.close();
    this.channels.close();
  }

  /** Frames into one room are ours; everything else the adapter gets as it came. */
  private take(pattern: Buffer, channel: Buffer, message: Buffer): void {
    const room = channel.subarray(ROOM_AT, -1).toString();
    if (room && !this.adapter.rooms.has(room)) return;
    const frame = room ? frameOf(room, message) : undefined;
    if (frame) this.events.arrived(frame);
    else this.toAdapter.emit('pmessageBuffer', pattern, channel, message);
  }
}

/** Undefined for what is not a frame: another program may use the channel. */
function frameOf(room: string, message: Buffer) {
  try {
    const [, packet] = classicOptions.parser.decode(message) as ClassicBroadcast;
    return arrivedFrame(room, packet?.data?.[0], packet?.data?.[1]);
  } catch {
    return undefined;
  }
}
