import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Public } from '../auth/auth.guard';
import { ENV, type ApiEnv } from '../env';

/** RFC 7517: with these keys anybody can verify an access token. */
@Public()
@Controller('.well-known')
export class JwksController {
  constructor(@Inject(ENV) private readonly env: ApiEnv) {}

  @Get('jwks.json')
  @Header('cache-control', 'public, max-age=300')
  keys() {
    return { keys: [this.env.JWT_PRIVATE_KEY, ...(this.env.JWT_PUBLIC_KEYS ?? [])].map(({ jwk }) => jwk) };
  }
}
