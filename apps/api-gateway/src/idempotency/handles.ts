import { UseInterceptors } from '@nestjs/common';
import type { RouteContract } from '@convene/contracts/http/route';
import { Handles as HandlesRoute } from '@convene/http/handles';
import { IdempotencyInterceptor } from './idempotency.interceptor';

/**
 * `Handles` of every controller here: a POST that accepts an Idempotency-Key gets the interceptor. Other routes have none,
 * because Nest runs every request of a route with an interceptor through Observables, which costs a quarter of a small one.
 */
export function Handles<R extends RouteContract>(route: R): ReturnType<typeof HandlesRoute<R>> {
  const handles = HandlesRoute(route);
  if (!acceptsKey(route)) return handles;
  const once = UseInterceptors(IdempotencyInterceptor);
  return (target, key, descriptor) => {
    once(target, key, descriptor);
    handles(target, key, descriptor);
  };
}

/** A stored answer with a credential would be available to every repeat of the request. */
function acceptsKey({ method, credential }: RouteContract): boolean {
  return method === 'POST' && !credential;
}
