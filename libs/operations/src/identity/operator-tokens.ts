import { createHash } from 'node:crypto';
import { JwtService, TokenExpiredError } from '@nestjs/jwt';
import { z } from 'zod';
import { purposeKey, type Secrets } from '@convene/auth/purpose-key';
import { ConveneError } from '@convene/contracts/errors';
import { OperatorName, OperatorRole } from '@convene/contracts/ops/operator';

export interface Operator {
  readonly name: string;
  readonly role: OperatorRole;
}

const ISSUER = 'convene';
const AUDIENCE = 'convene-ops';
/** No JWT with another purpose is accepted, whoever signed it. */
const TYPE = 'ops+jwt';
const PURPOSE = 'operator-tokens';
/** A token that lasts longer is refused, although the secret signed it. */
export const MAX_TTL_SECONDS = 8 * 60 * 60;

const Claims = z.object({ sub: OperatorName, role: OperatorRole, iat: z.int(), exp: z.int() });

/**
 * Signs and verifies the tokens of operators. Their key is derived from `OPS_SECRET` alone, which no other process needs: no
 * user's token, no role in a company and no other secret of a deployment opens the operator API (docs/adr/0041).
 */
export class OperatorTokens {
  private readonly signer: JwtService;
  private readonly signerId: string;
  private readonly verifiers: ReadonlyMap<string, JwtService>;

  /** @param secrets The first signs, all verify. */
  constructor(secrets: Secrets) {
    const keys = secrets.map((secret) => purposeKey(secret, PURPOSE));
    const services = keys.map((key) => [idOf(key), new JwtService({ secret: key })] as const);
    [[this.signerId, this.signer]] = services as [[string, JwtService]];
    this.verifiers = new Map(services);
  }

  sign({ name, role }: Operator, ttlSeconds: number): Promise<string> {
    return this.signer.signAsync(
      { sub: name, role },
      {
        algorithm: 'HS256',
        keyid: this.signerId,
        issuer: ISSUER,
        audience: AUDIENCE,
        expiresIn: ttlSeconds,
        header: { alg: 'HS256', typ: TYPE },
      },
    );
  }

  /** @throws ConveneError TOKEN_EXPIRED for a valid token that has expired, UNAUTHENTICATED for every other one. */
  async verify(token: string): Promise<Operator> {
    const decoded = this.signer.decode<{ header?: { kid?: string; typ?: string } } | null>(token, { complete: true });
    const verifier = this.verifiers.get(decoded?.header?.kid ?? '');
    if (!verifier || decoded?.header?.typ !== TYPE) throw unauthenticated();
    try {
      const expected = { algorithms: ['HS256' as const], issuer: ISSUER, audience: AUDIENCE };
      const { sub, role, iat, exp } = Claims.parse(await verifier.verifyAsync<object>(token, expected));
      if (exp - iat > MAX_TTL_SECONDS) throw unauthenticated();
      return { name: sub, role };
    } catch (error) {
      if (!(error instanceof TokenExpiredError)) throw unauthenticated();
      throw new ConveneError('TOKEN_EXPIRED', 'The operator token has expired: `npm run ops -- token` makes another');
    }
  }
}

const idOf = (key: Buffer) => createHash('sha256').update(key).digest('base64url').slice(0, 16);

function unauthenticated(): ConveneError {
  return new ConveneError('UNAUTHENTICATED', 'An operator token is needed: `npm run ops -- token` makes one');
}
