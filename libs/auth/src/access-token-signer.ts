import { JwtService } from '@nestjs/jwt';
import { TOKEN_TYPE, type TokenAudience } from './access-token-verifier';
import type { SigningKey } from './key-ring';

export interface SignerOptions extends TokenAudience {
  readonly key: SigningKey;
  readonly ttlSeconds: number;
}

/** Signs the short-lived token that both gateways verify without a request to another process. */
export class AccessTokenSigner {
  private readonly jwt: JwtService;

  constructor(private readonly options: SignerOptions) {
    this.jwt = new JwtService({ privateKey: options.key.privateKey });
  }

  /** @param notAfter When the session ends: the token expires then at the latest. */
  async sign(userId: string, sessionId: string, notAfter?: Date): Promise<{ token: string; expiresAt: Date }> {
    const { key, issuer, audience, ttlSeconds } = this.options;
    const last = notAfter ? Math.floor(notAfter.getTime() / 1000) : Infinity;
    const exp = Math.min(Math.floor(Date.now() / 1000) + ttlSeconds, last);
    const token = await this.jwt.signAsync(
      { sub: userId, sid: sessionId, exp },
      { algorithm: 'ES256', keyid: key.kid, issuer, audience, header: { alg: 'ES256', typ: TOKEN_TYPE } },
    );
    return { token, expiresAt: new Date(exp * 1000) };
  }
}
