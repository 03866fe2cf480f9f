import { Resolver } from 'node:dns/promises';
import { DynamicModule, Module } from '@nestjs/common';
import { RedisConnections } from '@convene/redis/redis-connections';
import { EmailCheck } from './email-check';
import { VerdictCache } from './verdict-cache';

export interface EmailCheckModuleOptions {
  readonly disposable: boolean;
  readonly mx: boolean;
  readonly url: string | undefined;
  readonly timeoutMs: number;
  /** The key of the HMAC under which verdicts are cached. */
  readonly secret: string;
}

/** Needs the global RedisModule. */
@Module({})
export class EmailCheckModule {
  static forRoot({ disposable, mx, url, timeoutMs, secret }: EmailCheckModuleOptions): DynamicModule {
    const dns = mx ? new Resolver({ timeout: timeoutMs, tries: 1 }) : undefined;
    return {
      module: EmailCheckModule,
      global: true,
      providers: [
        {
          provide: EmailCheck,
          inject: [RedisConnections],
          useFactory: (redis: RedisConnections) =>
            new EmailCheck({ disposable, dns, providerUrl: url, timeoutMs }, new VerdictCache(redis, secret)),
        },
      ],
      exports: [EmailCheck],
    };
  }
}
