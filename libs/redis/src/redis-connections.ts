import { Inject, Injectable, OnApplicationShutdown } from '@nestjs/common';
import { createRedis, RedisClient, RedisRole } from './redis';

export const REDIS_URLS = Symbol('REDIS_URLS');

/** Every Redis connection of this process, closed on its shutdown, after everything that uses them. */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  /** For ordinary commands, shared by all callers. */
  readonly commands: RedisClient;
  private readonly opened: RedisClient[] = [];

  constructor(@Inject(REDIS_URLS) private readonly urls: string) {
    this.commands = this.open({ role: 'commands' });
  }

  open(role: RedisRole): RedisClient {
    const client = createRedis(this.urls, role);
    this.opened.push(client);
    return client;
  }

  onApplicationShutdown(): void {
    for (const client of this.opened) client.disconnect();
  }
}
