import { Injectable } from '@nestjs/common';
import { AccessTokenSigner } from '@convene/auth/access-token-signer';
import { DerivedTokens } from '@convene/auth/derived-token';
import type { UserView } from '@convene/contracts/http/auth';

/** Both tokens of a session, before it is decided how they travel. */
export interface IssuedSession {
  readonly user: UserView;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly accessExpiresAt: Date;
  readonly refreshToken: string;
  /** Where the session begins: see `KnownDevices`. */
  readonly deviceToken?: string;
  /** When the session ends, unless it is refreshed before. */
  readonly expiresAt: Date;
}

export interface SessionState {
  readonly id: string;
  readonly rotation: number;
  readonly expiresAt: Date;
}

@Injectable()
export class SessionGrants {
  constructor(
    private readonly signer: AccessTokenSigner,
    private readonly tokens: DerivedTokens,
  ) {}

  async issue(user: UserView, { id: sessionId, rotation, expiresAt }: SessionState): Promise<IssuedSession> {
    const access = await this.signer.sign(user.id, sessionId, expiresAt);
    const refreshToken = this.tokens.derive('refresh', sessionId, rotation);
    return { user, sessionId, accessToken: access.token, accessExpiresAt: access.expiresAt, refreshToken, expiresAt };
  }
}
