import { DerivedTokens, hashToken } from '@convene/auth/derived-token';
import { Injectable } from '@nestjs/common';

const TTL_MS = 3 * 24 * 60 * 60 * 1000;

/** State of a verification link: the mailing worker derives the token itself from (id, rotation). */
@Injectable()
export class VerificationLink {
  constructor(private readonly tokens: DerivedTokens) {}

  state(id: string, rotation: number) {
    const tokenHash = hashToken(this.tokens.derive('verify_email', id, rotation));
    return { rotation, tokenHash, expiresAt: new Date(Date.now() + TTL_MS), usedAt: null };
  }
}
