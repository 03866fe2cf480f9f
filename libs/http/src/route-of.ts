import type { RouteContract } from '@convene/contracts/http/route';

/** The key of the metadata under which `@Handles` leaves a handler's contract. */
export const ROUTE = 'convene:route';

/** The contract of a handler, or undefined for one that is no route of the contract. */
export function routeOf(handler: object): RouteContract | undefined {
  return Reflect.getMetadata(ROUTE, handler) as RouteContract | undefined;
}
