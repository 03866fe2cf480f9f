import type { RedisClient } from '@convene/redis/redis';
import type { FrameListener } from './frames';

/** First part of the adapters' channel names. Publishers and gateways must agree on it. */
export const CHANNEL_PREFIX = 'convene';

/** A headless server has no sockets: in each of its rooms this member stands for all sockets of the gateway. */
export const GATEWAY = 'gateway';

/** Receives frames for single rooms, over one of Socket.IO's Redis adapters. */
export interface RoomSubscriber {
  join(room: string): void;
  leave(room: string): void;

  /** As in FrameSubscriber. */
  settle(rooms: string[]): Promise<boolean>;
  alive(): Promise<boolean>;

  /** Drops its subscriptions; the connection stays. */
  close(): void;
}

export interface RoomSubscriberEvents {
  readonly arrived: FrameListener;
  /** All joined rooms are subscribed again after some were not. */
  readonly recovered: () => void;
}

/** The connections that a RoomSubscriber shares with others. */
export interface RoomSubscriberRedis {
  readonly publisher: RedisClient;
  readonly subscriber: RedisClient;
}
