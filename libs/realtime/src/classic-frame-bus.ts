import type { Room } from '@convene/contracts/sockets/rooms';
import { createAdapter } from '@socket.io/redis-adapter';
import { Server } from 'socket.io';
import { classicOptions } from './classic-options';
import { FrameBus } from './frame-bus';
import { guarded } from './publish-guard';
import type { RedisClient } from '@convene/redis/redis';

/** A headless Socket.IO server over the classic adapter, for a Redis that has no sharded pub/sub. */
export class ClassicFrameBus extends FrameBus {
  private readonly server: Server;
  private publishing: Promise<void> = Promise.resolve();

  constructor(redis: RedisClient) {
    super();
    const publisher = {
      on: ignore,
      publish: (channel: string, payload: string) => (this.publishing = guarded(redis.publish(channel, payload))),
    };
    this.server = new Server({ adapter: createAdapter(publisher, DEAF, classicOptions) });
  }

  emit(room: Room, event: string, frame: object): Promise<void> {
    // The adapter publishes within this call, and keeps the outcome to itself.
    this.server.to(room).emit(event, frame);
    return this.publishing;
  }
}

/** A publisher has no clients, so it has nothing to listen for. */
const DEAF = { on: ignore, psubscribe: ignore, subscribe: ignore };

function ignore(): void {
  // Nothing is expected here.
}
