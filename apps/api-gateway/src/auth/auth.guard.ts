import { AccessTokenVerifier, type Principal } from '@convene/auth/access-token-verifier';
import { accessTokenOf } from '@convene/auth/credentials';
import { RevocationList } from '@convene/auth/revocation-list';
import { ConveneError } from '@convene/contracts/errors';
import { CanActivate, createParamDecorator, ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

const PUBLIC = 'public';
const callers = new WeakMap<FastifyRequest, Principal>();

/** A route that asks for no access token. */
export const Public = () => SetMetadata(PUBLIC, true);

/** Who calls: a `Principal`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const caller = callers.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (!caller) throw new Error('@Caller() on a @Public() route');
  return caller;
});

/** Every route needs a good token of a session that stands, unless it says otherwise. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: AccessTokenVerifier,
    private readonly revocations: RevocationList,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    callers.set(request, await this.authenticate(request.headers));
    return true;
  }

  /** @throws ConveneError UNAUTHENTICATED, TOKEN_EXPIRED or SESSION_REVOKED */
  async authenticate(headers: FastifyRequest['headers']): Promise<Principal> {
    const token = accessTokenOf(headers);
    if (!token) throw new ConveneError('UNAUTHENTICATED');
    const principal = await this.verifier.verify(token);
    if (this.revocations.isRevoked(principal.sessionId)) throw new ConveneError('SESSION_REVOKED');
    return principal;
  }
}
