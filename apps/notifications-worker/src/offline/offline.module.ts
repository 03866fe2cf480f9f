import { DynamicModule, Module } from '@nestjs/common';
import { OutboxModule } from '@convene/messaging/outbox/outbox.module';
import type { WebPushOptions } from '@convene/web-push/web-push';
import { WebPushModule } from '@convene/web-push/web-push.module';
import { OFFLINE_OPTIONS, type OfflineOptions } from './offline-options';

/** What pushes and digest mails for offline users need. The relays of the api-gateways publish the events it writes. */
@Module({})
export class OfflineModule {
  static forRoot(options: OfflineOptions, webPush: WebPushOptions): DynamicModule {
    return {
      module: OfflineModule,
      global: true,
      imports: [OutboxModule.forRoot({ rabbitmqUrls: [], relay: false }), WebPushModule.forRoot(webPush)],
      providers: [{ provide: OFFLINE_OPTIONS, useValue: options }],
      exports: [OFFLINE_OPTIONS],
    };
  }
}
