import { DynamicModule, Module } from '@nestjs/common';
import { REDIS_URLS, RedisConnections } from './redis-connections';
import { RedisHealth } from './redis-health';

@Module({})
export class RedisModule {
  /** @param urls One server, or several comma-separated nodes of a cluster (`REDIS_URL`). */
  static forRoot(urls: string): DynamicModule {
    return {
      module: RedisModule,
      global: true,
      providers: [{ provide: REDIS_URLS, useValue: urls }, RedisConnections, RedisHealth],
      exports: [RedisConnections],
    };
  }
}
