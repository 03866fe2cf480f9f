import { DynamicModule, Module } from '@nestjs/common';
import { WEB_PUSH_OPTIONS, WebPush, type WebPushOptions } from './web-push';

@Module({})
export class WebPushModule {
  static forRoot(options: WebPushOptions): DynamicModule {
    return {
      module: WebPushModule,
      global: true,
      providers: [{ provide: WEB_PUSH_OPTIONS, useValue: options }, WebPush],
      exports: [WebPush],
    };
  }
}
