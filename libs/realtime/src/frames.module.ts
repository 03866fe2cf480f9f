import { DynamicModule, Injectable, Module, OnModuleInit } from '@nestjs/common';
import { HealthRegistry } from '@convene/observability/health';
import { RedisConnections } from '@convene/redis/redis-connections';
import { AdapterFramePublisher, AdapterFrameSubscriber } from './adapter-frames';
import { FramePublisher, FrameSubscriber } from './frames';
import { PlainFramePublisher, PlainFrameSubscriber } from './plain-frames';

interface FrameOptions {
  /** `USE_WS_REDIS_ADAPTER`: must be the same for publishers and gateways. */
  readonly adapter: boolean;
}

/** Needs the global RedisModule. */
@Module({})
export class FramePublisherModule {
  static forRoot({ adapter }: FrameOptions): DynamicModule {
    return {
      module: FramePublisherModule,
      global: true,
      providers: [
        {
          provide: FramePublisher,
          inject: [RedisConnections],
          useFactory: (connections: RedisConnections) => {
            const redis = connections.open({ role: 'publisher' });
            return adapter ? new AdapterFramePublisher(redis) : new PlainFramePublisher(redis);
          },
        },
      ],
      exports: [FramePublisher],
    };
  }
}

/** Redis may answer commands and yet deliver no frame: a master of a cluster is down, or an ACL forbids subscribing. */
@Injectable()
class FrameSubscriberHealth implements OnModuleInit {
  constructor(
    private readonly subscriber: FrameSubscriber,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register({ name: 'frames', critical: false, check: () => this.check() });
  }

  private async check(): Promise<void> {
    if (!(await this.subscriber.alive())) {
      throw new Error('some rooms are not subscribed: their frames are found by comparison with PostgreSQL');
    }
  }
}

/** Needs the global RedisModule. */
@Module({})
export class FrameSubscriberModule {
  static forRoot({ adapter }: FrameOptions): DynamicModule {
    return {
      module: FrameSubscriberModule,
      global: true,
      providers: [
        {
          provide: FrameSubscriber,
          inject: [RedisConnections],
          useFactory: (connections: RedisConnections) => {
            const subscriber = connections.open({ role: 'subscriber' });
            if (!adapter) return new PlainFrameSubscriber(subscriber);
            return new AdapterFrameSubscriber({ publisher: connections.commands, subscriber });
          },
        },
        FrameSubscriberHealth,
      ],
      exports: [FrameSubscriber],
    };
  }
}
