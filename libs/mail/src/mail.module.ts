import { DynamicModule, Module } from '@nestjs/common';
import { Mailer, MAILER_OPTIONS, MailerOptions } from './mailer';

@Module({})
export class MailModule {
  static forRoot(options: MailerOptions): DynamicModule {
    return {
      module: MailModule,
      global: true,
      providers: [{ provide: MAILER_OPTIONS, useValue: options }, Mailer],
      exports: [Mailer],
    };
  }
}
