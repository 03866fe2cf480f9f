import { DynamicModule, Module } from '@nestjs/common';
import { AdapterFrameBus } from './adapter-frame-bus';
import { FrameBus } from './frame-bus';
import { PlainFrameBus } from './plain-frame-bus';
import { RedisConnections } from '@convene/redis/redis-connections';

/** Needs the global RedisModule. */
@Module({})
export class FrameBusModule {
  /** @param adapter `USE_WS_REDIS_ADAPTER`: must be the same for publishers and gateways. */
  static forRoot({ adapter }: { adapter: boolean }): DynamicModule {
    return {
      module: FrameBusModule,
      global: true,
      providers: [
        {
          provide: FrameBus,
          inject: [RedisConnections],
          useFactory: (connections: RedisConnections) => {
            const redis = connections.open({ role: 'publisher' });
            return adapter ? new AdapterFrameBus(redis) : new PlainFrameBus(redis);
          },
        },
      ],
      exports: [FrameBus],
    };
  }
}
