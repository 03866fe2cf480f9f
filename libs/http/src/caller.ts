import type { FastifyRequest } from 'fastify';
import type { Principal } from '@convene/auth/access-token-verifier';

/** On the request itself: an entry of a WeakMap costs twenty times as much, and the garbage collector again. */
const CALLER = Symbol('caller');

type Called = FastifyRequest & { [CALLER]?: Principal };

/** The authenticated user of a request, set by the guard. */
export function callerOf(request: Called): Principal | undefined {
  return request[CALLER];
}

export function setCaller(request: Called, caller: Principal): void {
  request[CALLER] = caller;
}
