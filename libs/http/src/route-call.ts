import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '@convene/auth/access-token-verifier';
import { ConveneError } from '@convene/contracts/errors';
import type { Access, RouteContract, RouteInput } from '@convene/contracts/http/route';
import { validate } from '@convene/contracts/validate';
import { callerOf } from './caller';
import { routeOf } from './route-of';

type CallerOf<A extends Access> = A extends 'user' ? Principal : undefined;

/** The input of a handler: the caller and the validated request. */
export interface RouteCall<R extends RouteContract> extends RouteInput<R> {
  /** Undefined on a route that requires no token. */
  readonly caller: CallerOf<R['access']>;
}

/** The first parameter of every handler: a `RouteCall` of its contract. @throws what `readCall` does */
export const Call = createParamDecorator((_: unknown, context: ExecutionContext): RouteCall<RouteContract> => {
  const route = routeOf(context.getHandler());
  if (!route) throw new Error('@Call() needs @Handles(route) on its method');
  return readCall(route, context.switchToHttp().getRequest<FastifyRequest>());
});

type Reading = { readonly call: RouteCall<RouteContract> } | { readonly error: unknown };
const READING = Symbol('reading');

/**
 * Parses a request by its contract, once per request.
 * @throws ConveneError NOT_FOUND for path parameters that cannot exist, VALIDATION_FAILED for query and body
 */
export function readCall(
  route: RouteContract,
  request: FastifyRequest & { [READING]?: Reading },
): RouteCall<RouteContract> {
  const reading = (request[READING] ??= attempt(() => parse(route, request)));
  if ('error' in reading) throw reading.error;
  return reading.call;
}

function attempt(read: () => RouteCall<RouteContract>): Reading {
  try {
    return { call: read() };
  } catch (error) {
    return { error };
  }
}

function parse(route: RouteContract, request: FastifyRequest): RouteCall<RouteContract> {
  const params = route.params.safeParse(request.params);
  if (!params.success) throw new ConveneError('NOT_FOUND');
  return {
    caller: callerOf(request),
    params: params.data,
    query: validate(route.query, request.query, 'query'),
    body: validate(route.body, request.body, 'body'),
  };
}
