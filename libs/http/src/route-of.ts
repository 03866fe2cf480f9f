import type { RouteContract } from '@convene/contracts/http/route';

/** The metadata key under which `@Handles` stores a handler's contract. */
export const ROUTE = 'convene:route';

/** The contract of a handler, or undefined for a handler without one. */
export function routeOf(handler: object): RouteContract | undefined {
  return Reflect.getMetadata(ROUTE, handler) as RouteContract | undefined;
}
