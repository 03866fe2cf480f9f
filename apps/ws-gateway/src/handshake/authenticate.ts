import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Socket } from 'socket.io';
import { AccessTokenVerifier, type Principal } from '@convene/auth/access-token-verifier';
import { Credentials } from '@convene/auth/credentials';
import { RevocationList } from '@convene/auth/revocation-list';
import { ConveneError } from '@convene/contracts/errors';
import { HandshakeAuth } from '@convene/contracts/sockets/protocol';
import { validate } from '@convene/contracts/validate';
import { refuseSome } from '@convene/http/refuse-some';
import { LoadShedding } from '@convene/observability/overload/load-shedding';
import { Connection } from '../connections/connection';
import { ConnectionRegistry } from '../connections/connection-registry';
import { ConnectionTraffic } from '../connections/connection-traffic';
import { ENV, type Env } from '../env';
import { InboundLimits } from '../limits/inbound-limits';
import { withUsableCookies } from './origin';

/** Identifies the user before anything else happens on a socket. */
@Injectable()
export class Authenticate {
  private readonly proven = new WeakMap<IncomingMessage, Principal>();
  /** Handshakes of which the overload has taken its share already: how each of them was decided. */
  private readonly decided = new WeakMap<IncomingMessage, ReturnType<LoadShedding['refusal']>>();

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly tokens: AccessTokenVerifier,
    private readonly revocations: RevocationList,
    private readonly credentials: Credentials,
    private readonly users: ConnectionRegistry,
    private readonly limits: InboundLimits,
    private readonly traffic: ConnectionTraffic,
    private readonly shedding: LoadShedding,
  ) {}

  /**
   * Before the upgrade: a token in the headers must be good. One in the handshake's `auth` comes later; a browser that
   * sends it and may have a stale cookie says so with `?auth=packet`, and its headers are not looked at.
   * @throws ConveneError that says why the upgrade is refused.
   */
  async upgrade(request: IncomingMessage): Promise<void> {
    if (/[?&]auth=packet(&|$)/.test(request.url ?? '')) return;
    const token = this.credentials.accessTokenOf(withUsableCookies(request.headers, this.env.WS_CORS_ORIGIN));
    if (token === undefined) return;
    // The refusal follows after the upgrade, which alone can say when to come back; a token is not verified for it.
    const refusal = this.shedding.refusal();
    this.decided.set(request, refusal);
    if (!refusal) this.proven.set(request, await this.verify(token));
  }

  /** @throws ConveneError that says why the connection is refused. */
  async execute(socket: Socket): Promise<Connection> {
    const { request } = socket;
    refuseSome(this.decided.has(request) ? { refusal: () => this.decided.get(request) } : this.shedding);
    const auth = validate(HandshakeAuth, socket.handshake.auth, '(body)');
    const identity = auth.token === undefined ? this.proven.get(request) : await this.verify(auth.token);
    if (!identity) {
      throw new ConveneError(
        'UNAUTHENTICATED',
        `Send an access token as auth.token, Authorization: Bearer or the ${this.credentials.accessCookie} cookie`,
      );
    }
    // It may have been revoked while the connection waited for its turn.
    if (this.revocations.isRevoked(identity.sessionId)) throw new ConveneError('SESSION_REVOKED');
    this.limits.chargeConnection(identity.userId);
    const devices = this.users.find(identity.userId)?.connections.length ?? 0;
    if (devices >= this.env.WS_MAX_CONNECTIONS_PER_USER) {
      throw new ConveneError('TOO_MANY_CONNECTIONS', 'Too many connections of this user', { retryAfterMs: 10_000 });
    }
    return new Connection(socket, identity, auth, this.traffic);
  }

  private async verify(token: string): Promise<Principal> {
    const principal = await this.tokens.verify(token);
    if (this.revocations.isRevoked(principal.sessionId)) throw new ConveneError('SESSION_REVOKED');
    return principal;
  }
}
