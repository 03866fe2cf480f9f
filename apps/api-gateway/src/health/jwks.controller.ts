import { Controller, Header, Inject } from '@nestjs/common';
import { ReadJwks } from '@convene/contracts/http/routes/operations';
import { ENV, type Env } from '../env';
import { Handles } from '../idempotency/handles';

/** RFC 7517: the public keys that verify access tokens. */
@Controller()
export class JwksController {
  constructor(@Inject(ENV) private readonly env: Env) {}

  @Handles(ReadJwks)
  @Header('cache-control', 'public, max-age=300')
  keys() {
    return { keys: [this.env.JWT_PRIVATE_KEY, ...(this.env.JWT_PUBLIC_KEYS ?? [])].map(({ jwk }) => jwk) };
  }
}
