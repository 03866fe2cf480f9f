import type { FrameListener } from './frame-source';
import type { RedisClient } from '@convene/redis/redis';

/** One way to hear frames for rooms, over one of Socket.IO's Redis adapters. */
export interface RoomFeed {
  join(room: string): void;
  leave(room: string): void;

  /** As FrameSource has it. */
  settle(rooms: string[]): Promise<boolean>;
  alive(): Promise<boolean>;

  /** Stops listening; the connection stays. */
  close(): void;
}

/** What a feed tells. */
export interface FeedEvents {
  readonly arrived: FrameListener;
  /** Everything wanted is heard again after some of it was not. */
  readonly recovered: () => void;
}

/** The connections that a feed shares with others. */
export interface FeedRedis {
  readonly publisher: RedisClient;
  readonly subscriber: RedisClient;
}

/** A headless server has no sockets: this stands in its rooms for all the sockets of the gateway. */
export const GATEWAY = 'gateway';
