import { AccessTokenVerifier } from '@convene/auth/access-token-verifier';
import { accessTokenOf } from '@convene/auth/credentials';
import { RevocationList } from '@convene/auth/revocation-list';
import { ConveneError } from '@convene/contracts/errors';
import { HandshakeAuth } from '@convene/contracts/sockets/protocol';
import { Injectable } from '@nestjs/common';
import type { Socket } from 'socket.io';
import { parseBody } from '../messages/parse-body';
import { LiveSession } from '../sessions/live-session';

/** Decides who is at the other end before anything else happens on a socket. */
@Injectable()
export class Authenticate {
  constructor(
    private readonly tokens: AccessTokenVerifier,
    private readonly revocations: RevocationList,
  ) {}

  /** @throws ConveneError that says why the connection is refused. */
  async execute(socket: Socket): Promise<LiveSession> {
    const auth = parseBody(HandshakeAuth, socket.handshake.auth);
    const token = auth.token ?? accessTokenOf(socket.handshake.headers);
    if (!token) {
      throw new ConveneError(
        'UNAUTHENTICATED',
        'Send an access token as auth.token, Authorization: Bearer or the convene_access cookie',
      );
    }
    const identity = await this.tokens.verify(token);
    if (this.revocations.isRevoked(identity.sessionId)) throw new ConveneError('SESSION_REVOKED');
    return new LiveSession(socket, identity, auth);
  }
}
