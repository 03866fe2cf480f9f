import type { FastifyRequest } from 'fastify';
import type { Principal } from '@convene/auth/access-token-verifier';

const callers = new WeakMap<FastifyRequest, Principal>();

/** The authenticated user of a request, set by the guard. */
export function callerOf(request: FastifyRequest): Principal | undefined {
  return callers.get(request);
}

export function setCaller(request: FastifyRequest, caller: Principal): void {
  callers.set(request, caller);
}
