import type { Room } from '@convene/contracts/sockets/rooms';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Server } from 'socket.io';
import { CHANNEL_PREFIX } from './channels';
import { FrameBus } from './frame-bus';
import { guarded } from './publish-guard';
import type { RedisClient } from '@convene/redis/redis';

/**
 * A headless Socket.IO server: no HTTP, no clients, only the adapter, so that a frame travels exactly as one that a
 * gateway emits (socket.io's redis-emitter cannot reach the sharded adapter). A single room per emit uses the room's
 * own channel, and only nodes with clients in it wake up.
 */
export class ShardedFrameBus extends FrameBus {
  private readonly server: Server;
  private publishing: Promise<void> = Promise.resolve();

  constructor(redis: RedisClient) {
    super();
    const publisher = {
      spublish: (channel: string, payload: string | Buffer) =>
        (this.publishing = guarded(redis.spublish(channel, payload))),
    };
    this.server = new Server({
      adapter: createShardedAdapter(publisher, DEAF, { channelPrefix: CHANNEL_PREFIX, subscriptionMode: 'dynamic' }),
    });
  }

  emit(room: Room, event: string, frame: object): Promise<void> {
    // The adapter publishes within this call, and keeps the outcome to itself.
    this.server.to(room).emit(event, frame);
    return this.publishing;
  }
}

/** A publisher has no clients, so it has nothing to listen for. */
const DEAF = { on: ignore, ssubscribe: ignore, sunsubscribe: ignore };

function ignore(): void {
  // Nothing is expected here.
}
