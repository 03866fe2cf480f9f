import { JwtService, TokenExpiredError } from '@nestjs/jwt';
import { z } from 'zod';
import { ConveneError } from '@convene/contracts/errors';
import type { PublicKey } from './key-ring';

export interface TokenAudience {
  readonly issuer: string;
  readonly audience: string;
}

/** The user and the session that a token belongs to. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  /** When the token expires. */
  readonly expiresAt: Date;
}

/** RFC 9068: no JWT with another purpose is accepted as an access token. */
export const TOKEN_TYPE = 'at+jwt';

const Claims = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.int() });

/** Verified tokens are cached: a client sends the same one with every request, until it expires. */
const MAX_CACHED_TOKENS = 10_000;

/** Needs public keys only. `RevocationList` decides whether the session has been revoked. */
export class AccessTokenVerifier {
  private readonly jwt = new JwtService();
  /** By key id. Each holds a parsed key: parsing a PEM costs as much as verifying a signature. */
  private readonly verifiers: ReadonlyMap<string, JwtService>;
  private readonly verified = new Map<string, Principal>();

  constructor(
    keys: readonly PublicKey[],
    private readonly expected: TokenAudience,
    /** 0 where every token is sent only once, so that the cache would waste memory. */
    private readonly maxCachedTokens = MAX_CACHED_TOKENS,
  ) {
    this.verifiers = new Map(keys.map(({ kid, key }) => [kid, new JwtService({ secretOrKeyProvider: () => key })]));
  }

  /** The result of an earlier `verify` that still holds, without the promises of another: most requests need no more. */
  known(token: string): Principal | undefined {
    const principal = this.verified.get(token);
    return principal && principal.expiresAt.getTime() > Date.now() ? principal : undefined;
  }

  /** @throws ConveneError TOKEN_EXPIRED for a valid token that has expired, UNAUTHENTICATED for every other one. */
  async verify(token: string): Promise<Principal> {
    const known = this.known(token);
    if (known) return known;
    const principal = await this.check(token);
    this.cache(token, principal);
    return principal;
  }

  private cache(token: string, principal: Principal): void {
    this.verified.delete(token);
    this.verified.set(token, principal);
    const [oldest] = this.verified.keys();
    if (this.verified.size > this.maxCachedTokens && oldest !== undefined) this.verified.delete(oldest);
  }

  private async check(token: string): Promise<Principal> {
    const header = this.jwt.decode<{ header: { kid?: string; typ?: string } } | null>(token, {
      complete: true,
    })?.header;
    const verifier = header?.kid === undefined ? undefined : this.verifiers.get(header.kid);
    if (!verifier || header?.typ !== TOKEN_TYPE) throw unauthenticated();
    try {
      const payload = await verifier.verifyAsync<object>(token, { algorithms: ['ES256'], ...this.expected });
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
