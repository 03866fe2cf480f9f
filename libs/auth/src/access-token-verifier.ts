import { ConveneError } from '@convene/contracts/errors';
import { JwtService, TokenExpiredError } from '@nestjs/jwt';
import { z } from 'zod';
import type { PublicKey } from './key-ring';

export interface TokenAudience {
  readonly issuer: string;
  readonly audience: string;
}

/** Who calls, and from which login. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  /** When the token that said so expires. */
  readonly expiresAt: Date;
}

/** RFC 9068: no other JWT of ours can pass for an access token. */
export const TOKEN_TYPE = 'at+jwt';

const Claims = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.int() });

/** Needs public keys only. Whether the session still stands is the `RevocationList`'s to say. */
export class AccessTokenVerifier {
  private readonly jwt = new JwtService();
  private readonly keys: ReadonlyMap<string, string>;

  constructor(
    keys: readonly PublicKey[],
    private readonly expected: TokenAudience,
  ) {
    this.keys = new Map(keys.map(({ kid, key }) => [kid, key.export({ format: 'pem', type: 'spki' }).toString()]));
  }

  /** @throws ConveneError TOKEN_EXPIRED for one that was good, UNAUTHENTICATED for every other. */
  async verify(token: string): Promise<Principal> {
    const header = this.jwt.decode<{ header: { kid?: string; typ?: string } } | null>(token, {
      complete: true,
    })?.header;
    const publicKey = header?.kid === undefined ? undefined : this.keys.get(header.kid);
    if (publicKey === undefined || header?.typ !== TOKEN_TYPE) throw unauthenticated();
    try {
      const payload = await this.jwt.verifyAsync<object>(token, { publicKey, algorithms: ['ES256'], ...this.expected });
      const { sub, sid, exp } = Claims.parse(payload);
      return { userId: sub, sessionId: sid, expiresAt: new Date(exp * 1000) };
    } catch (error) {
      throw error instanceof TokenExpiredError ? new ConveneError('TOKEN_EXPIRED') : unauthenticated();
    }
  }
}

function unauthenticated(): ConveneError {
  return new ConveneError('UNAUTHENTICATED', 'The access token is not valid; log in or refresh to get one');
}
