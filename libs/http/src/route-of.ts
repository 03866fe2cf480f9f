import type { RouteContract } from '@convene/contracts/http/route';

/** On the handler itself: several guards ask for it with every request, and metadata of Reflect costs more than a property. */
const ROUTE = Symbol('route');

type Handler = object & { [ROUTE]?: RouteContract };

/** Makes a method the handler of a contract. */
export function setRoute(handler: Handler, route: RouteContract): void {
  handler[ROUTE] = route;
}

/** The contract of a handler, or undefined for a handler without one. */
export function routeOf(handler: Handler): RouteContract | undefined {
  return handler[ROUTE];
}
