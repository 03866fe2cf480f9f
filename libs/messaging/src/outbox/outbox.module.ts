import { DynamicModule, Global, Module } from '@nestjs/common';
import { HealthRegistry } from '@convene/observability/health';
import { Broker } from '../broker';
import { Publisher } from '../publisher';
import { ClaimedRows } from './claimed-rows';
import { Outbox } from './outbox';
import { OutboxRelay } from './outbox-relay';
import { OutboxStore } from './outbox-store';

export interface OutboxModuleOptions {
  readonly rabbitmqUrls: readonly string[];
  /** OUTBOX_RELAY: whether this process carries events to the broker itself. */
  readonly relay: boolean;
}

/** For processes that write events. Needs DatabaseModule. Without the broker they go on writing: the rows wait. */
@Global()
@Module({})
export class OutboxModule {
  static forRoot({ rabbitmqUrls, relay }: OutboxModuleOptions): DynamicModule {
    const relaying = [
      {
        provide: Broker,
        inject: [HealthRegistry],
        useFactory: (health: HealthRegistry) => Broker.connect(rabbitmqUrls, health, false),
      },
      Publisher,
      OutboxStore,
      ClaimedRows,
      OutboxRelay,
    ];
    return { module: OutboxModule, providers: [Outbox, ...(relay ? relaying : [])], exports: [Outbox] };
  }
}
