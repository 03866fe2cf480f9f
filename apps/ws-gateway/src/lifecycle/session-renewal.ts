import { Injectable } from '@nestjs/common';
import { AccessTokenVerifier } from '@convene/auth/access-token-verifier';
import { RevocationList } from '@convene/auth/revocation-list';
import { ConveneError } from '@convene/contracts/errors';
import type { Connection } from '../connections/connection';

/** Extends a connection with a newer access token of the same session. */
@Injectable()
export class SessionRenewal {
  constructor(
    private readonly tokens: AccessTokenVerifier,
    private readonly revocations: RevocationList,
  ) {}

  /** @throws ConveneError with the reason when the token is refused; the connection stays as it is. */
  async renew(connection: Connection, token: string): Promise<Date> {
    const { userId, sessionId, expiresAt } = await this.tokens.verify(token);
    const same = userId === connection.userId && sessionId === connection.identity.sessionId;
    if (!same) throw new ConveneError('FORBIDDEN', 'token: is of another session; connect anew with it');
    if (this.revocations.isRevoked(sessionId)) throw new ConveneError('SESSION_REVOKED');
    return connection.renew(expiresAt);
  }
}
