import { z } from 'zod';
import type { ErrorCode } from '../error-codes';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * `public`: no token. `optional`: the use case decides when a token is needed. `viewer` and `operator`: a route of the
 * operator API, for a token of that role, which no user has.
 */
export type Access = 'user' | 'public' | 'optional' | 'viewer' | 'operator';

/** Whether a route belongs to the operator API, which has a port and an identity of its own. */
export const isOperatorRoute = ({ access }: { readonly access: Access }) =>
  access === 'viewer' || access === 'operator';

/** Which budget a call is counted against; the numbers are the api-gateway's. */
export type RateClass =
  'read' | 'write' | 'login' | 'refresh' | 'signup' | 'mail' | 'invite' | 'message' | 'search' | 'none';

export type Tag =
  | 'auth'
  | 'me'
  | 'users'
  | 'companies'
  | 'members'
  | 'invites'
  | 'friendships'
  | 'notifications'
  | 'operations'
  | 'messaging'
  | 'dead letters'
  | 'acts'
  | 'gateways'
  | 'diagnosis';

/** Declares a route: its name, types, validation, limits and documentation. */
export interface RouteContract<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
  A extends Access = Access,
> {
  /** Of the OpenAPI document; client generators name their functions by it. */
  readonly operationId: string;
  readonly method: Method;
  /** With parameters in braces: `/v1/companies/{id}`. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description: string | undefined;
  readonly access: A;
  readonly rate: RateClass;
  /** How many calls a valid body counts as against the budgets of the class, for a route that does many things at once. */
  cost?(body: z.infer<Body>): number;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly status: 200 | 201 | 202 | 204;
  readonly response: Response;
  /** In addition to the errors that any route of its kind can return. */
  readonly errors: readonly ErrorCode[];
  readonly lagTolerated: boolean;
  /** Another status for the same answer, such as 503 of a health report. */
  readonly alsoStatus: 503 | undefined;
  readonly mediaType: 'application/json' | 'text/plain';
  /**
   * The call takes or returns a credential: a cookie, a token, a password instead of a session. Each such POST is
   * executed: its `Idempotency-Key` is ignored, and its answer is neither stored nor replayed.
   */
  readonly credential: boolean;
}

/** The validated input of a handler. */
export interface RouteInput<R extends RouteContract> {
  readonly params: z.infer<R['params']>;
  readonly query: z.infer<R['query']>;
  readonly body: z.infer<R['body']>;
}
export type ResponseOf<R extends RouteContract> = z.infer<R['response']>;

interface RouteOptions<P, Q, B, R, A> {
  operationId: string;
  tag: Tag;
  summary: string;
  description?: string;
  access?: A;
  rate?: RateClass;
  /** Without it a call counts as one. */
  cost?: (body: z.infer<B>) => number;
  params?: P;
  query?: Q;
  body?: B;
  status?: 200 | 201 | 202 | 204;
  response?: R;
  errors?: readonly ErrorCode[];
  /** May be answered from a replica that lags a little behind. */
  lagTolerated?: boolean;
  alsoStatus?: 503;
  /** `application/json` by default. */
  mediaType?: 'text/plain';
  /** Takes or returns a credential: the answer is never stored or replayed. */
  credential?: true;
}

const Nothing = z.undefined();
const NoQuery = z.object({});
/** The id of an entity. A malformed id is answered like one that does not exist. */
export const Id = z.uuid().toLowerCase();

type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never;
type Ids<Path extends string> = z.ZodObject<Record<ParamNames<Path>, typeof Id>>;

/**
 * Declares a route, e.g. `defineRoute('GET /v1/companies/{id}', { … })`. Parameters that are not described are ids; the
 * answer of a route without a response is 204.
 */
export function defineRoute<
  Path extends string,
  P extends z.ZodObject = Ids<Path>,
  Q extends z.ZodType = typeof NoQuery,
  B extends z.ZodType = typeof Nothing,
  R extends z.ZodType = typeof Nothing,
  A extends Access = 'user',
>(route: `${Method} ${Path}`, options: RouteOptions<P, Q, B, R, A>): RouteContract<P, Q, B, R, A> {
  const [method, path] = route.split(' ') as [Method, string];
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  return Object.freeze({
    ...options,
    method,
    path,
    description: options.description,
    access: options.access ?? ('user' as A),
    rate: options.rate ?? (method === 'GET' ? 'read' : 'write'),
    params: (options.params ?? z.object(Object.fromEntries(names.map((name) => [name, Id])))) as P,
    query: (options.query ?? NoQuery) as Q,
    body: (options.body ?? Nothing) as B,
    status: options.status ?? (options.response ? (method === 'POST' ? 201 : 200) : 204),
    response: (options.response ?? Nothing) as R,
    errors: options.errors ?? [],
    lagTolerated: options.lagTolerated ?? false,
    alsoStatus: options.alsoStatus,
    mediaType: options.mediaType ?? 'application/json',
    credential: options.credential ?? false,
  });
}
