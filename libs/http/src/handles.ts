import { applyDecorators, HttpCode, RequestMapping, RequestMethod } from '@nestjs/common';
import type { ResponseOf, RouteContract } from '@convene/contracts/http/route';
import type { RouteCall } from './route-call';
import { setRoute } from './route-of';

/** The handler of a route without a response may return `void`; `undefined` is also returned with a 304. */
// A handler's own return type may be void, and so must be what it is compared with.
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type
type Answer<R extends RouteContract> = ResponseOf<R> | (undefined extends ResponseOf<R> ? void : undefined);
type HandlerOf<R extends RouteContract> = (call: RouteCall<R>, ...rest: never[]) => Answer<R> | Promise<Answer<R>>;

type Decorate<Handler> = <T extends Handler>(
  target: object,
  key: string,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/** A contract's path as the router writes it: `/v1/companies/:id`. */
export const pathPattern = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/**
 * Makes a controller's method the handler of a route: its first parameter is `@Call()`, and its return type must
 * match the contract, or it does not compile. Access, limits and idempotency follow from the contract.
 */
export function Handles<R extends RouteContract>(route: R): Decorate<HandlerOf<R>> {
  return applyDecorators(
    (_target: object, _key: string | symbol, { value }: PropertyDescriptor) => setRoute(value as object, route),
    RequestMapping({ path: pathPattern(route.path), method: RequestMethod[route.method] }),
    HttpCode(route.status),
  );
}
