import { DynamicModule, Module } from '@nestjs/common';
import { AdapterFrameSource } from './adapter-frame-source';
import { FrameSource } from './frame-source';
import { FrameSourceHealth } from './frame-source-health';
import { PlainFrameSource } from './plain-frame-source';
import { RedisConnections } from '@convene/redis/redis-connections';

/** Needs the global RedisModule. */
@Module({})
export class FrameSourceModule {
  /** @param adapter `USE_WS_REDIS_ADAPTER`: must be the same for publishers and gateways. */
  static forRoot({ adapter }: { adapter: boolean }): DynamicModule {
    return {
      module: FrameSourceModule,
      global: true,
      providers: [
        {
          provide: FrameSource,
          inject: [RedisConnections],
          useFactory: (connections: RedisConnections) => {
            const subscriber = connections.open({ role: 'subscriber' });
            if (!adapter) return new PlainFrameSource(subscriber);
            return new AdapterFrameSource({ publisher: connections.commands, subscriber });
          },
        },
        FrameSourceHealth,
      ],
      exports: [FrameSource],
    };
  }
}
