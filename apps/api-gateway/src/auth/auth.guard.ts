import { CanActivate, ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { AccessTokenVerifier, type Principal } from '@convene/auth/access-token-verifier';
import { Credentials } from '@convene/auth/credentials';
import { RevocationList } from '@convene/auth/revocation-list';
import { ConveneError } from '@convene/contracts/errors';
import { isOperatorRoute } from '@convene/contracts/http/route';
import { setCaller } from '@convene/http/caller';
import { routeOf } from '@convene/http/route-of';

const PUBLIC = 'public';

/** A handler outside the contract that needs no access token. */
export const Public = () => SetMetadata(PUBLIC, true);

/** Every route needs a valid token of an active session, unless its contract declares otherwise. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: AccessTokenVerifier,
    private readonly revocations: RevocationList,
    private readonly credentials: Credentials,
  ) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    if (this.asksNothing(context)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const token = this.tokenOf(request.headers);
    const known = this.verifier.known(token);
    if (known) return this.admit(request, known);
    return this.verifier.verify(token).then((principal) => this.admit(request, principal));
  }

  private asksNothing(context: ExecutionContext): boolean {
    const route = routeOf(context.getHandler());
    // No token of a user opens a route of the operator API, should one ever be mounted here.
    if (route && isOperatorRoute(route)) throw new ConveneError('ROUTE_NOT_FOUND');
    if (route) return route.access !== 'user';
    return this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()]) ?? false;
  }

  /** @throws ConveneError UNAUTHENTICATED, TOKEN_EXPIRED or SESSION_REVOKED */
  async authenticate(headers: FastifyRequest['headers']): Promise<Principal> {
    return this.notRevoked(await this.verifier.verify(this.tokenOf(headers)));
  }

  private admit(request: FastifyRequest, principal: Principal): true {
    setCaller(request, this.notRevoked(principal));
    return true;
  }

  private tokenOf(headers: FastifyRequest['headers']): string {
    const token = this.credentials.accessTokenOf(headers);
    if (!token) throw new ConveneError('UNAUTHENTICATED');
    return token;
  }

  private notRevoked(principal: Principal): Principal {
    if (this.revocations.isRevoked(principal.sessionId)) throw new ConveneError('SESSION_REVOKED');
    return principal;
  }
}
