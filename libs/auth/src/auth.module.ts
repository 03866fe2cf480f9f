import { DynamicModule, Module } from '@nestjs/common';
import { AccessTokenVerifier, TokenAudience } from './access-token-verifier';
import { Credentials } from './credentials';
import type { PublicKey } from './key-ring';
import { ACCESS_TTL_SECONDS, RevocationList } from './revocation-list';

export interface AuthOptions extends TokenAudience {
  readonly keys: readonly PublicKey[];
  readonly accessTtlSeconds: number;
  readonly secureCookies: boolean;
  /** How many verified tokens to cache; the default suits a process that answers requests. */
  readonly maxCachedTokens?: number;
}

/** Verifies access tokens and looks up revoked sessions, for both gateways. Needs the global Database and Redis modules. */
@Module({})
export class AuthModule {
  static forRoot(options: AuthOptions): DynamicModule {
    const { keys, accessTtlSeconds, secureCookies, issuer, audience, maxCachedTokens } = options;
    return {
      module: AuthModule,
      global: true,
      providers: [
        {
          provide: AccessTokenVerifier,
          useFactory: () => new AccessTokenVerifier(keys, { issuer, audience }, maxCachedTokens),
        },
        { provide: Credentials, useFactory: () => new Credentials(secureCookies) },
        { provide: ACCESS_TTL_SECONDS, useValue: accessTtlSeconds },
        RevocationList,
      ],
      exports: [AccessTokenVerifier, Credentials, RevocationList],
    };
  }
}
