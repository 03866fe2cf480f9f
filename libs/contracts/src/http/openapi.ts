import { z } from 'zod';
import { type ErrorCode, ERRORS } from '../error-codes';
import { Problem } from '../errors';
import { type Json, namedSchemas, ref, schemaOf, type Side } from '../json-schema';
import { NotificationCode } from '../notification-codes';
import { isOperatorRoute, type RouteContract, type Tag } from './route';
import { ROUTES } from './routes';

/** What a document says beside its routes. */
export interface ApiDescription {
  readonly title: string;
  readonly description: string;
  readonly tags: Partial<Record<Tag, string>>;
  readonly securitySchemes: Json;
}

const DESCRIPTION =
  'Accounts, companies, memberships, invitations, friendships and notifications. Errors are RFC 9457 problems: decide by ' +
  '`code`. Lists are cursor-paginated. The API returns codes and parameters; clients write the texts that users read.';

const TAGS = {
  auth: 'Accounts and sessions',
  me: 'The caller',
  users: 'Other users',
  companies: 'Companies, requests to join, audit',
  members: 'Members of a company and their roles',
  invites: 'Invitations, for the company and for the invitee',
  friendships: 'Friends, requests and blocks',
  notifications: 'The inbox, and messages',
  operations: 'Health, keys, error codes',
};

const PUBLIC_API: ApiDescription = {
  title: 'Convene',
  description: DESCRIPTION,
  tags: TAGS,
  securitySchemes: {
    cookie: {
      type: 'apiKey',
      in: 'cookie',
      name: 'convene_access',
      description: 'Set by login and refresh; called `__Host-convene_access` where cookies are secure',
    },
    bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Login with `transport: bearer`' },
  },
};

/** The errors that every route of its kind can return, in addition to its own. */
function errorsOf(route: RouteContract): ErrorCode[] {
  const { method, access, rate, body, query } = route;
  const keyed = takesKey(route);
  const operators = isOperatorRoute(route);
  const general: ErrorCode[] = [
    ...(access === 'user' ? (['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'SESSION_REVOKED'] as const) : []),
    ...(operators ? (['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'FORBIDDEN'] as const) : []),
    ...(method === 'GET' ? [] : (['ORIGIN_NOT_ALLOWED'] as const)),
    ...(takes(body) ? (['MALFORMED_JSON', 'UNSUPPORTED_MEDIA_TYPE', 'PAYLOAD_TOO_LARGE'] as const) : []),
    ...(takes(body) || takes(query) || keyed ? (['VALIDATION_FAILED'] as const) : []),
    ...(keyed ? (['IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_PROGRESS'] as const) : []),
    ...(rate === 'none' ? [] : (['RATE_LIMITED', 'OVERLOADED'] as const)),
    ...(rate === 'none' && !operators ? [] : (['UNAVAILABLE', 'INTERNAL'] as const)),
  ];
  return [...new Set([...route.errors, ...general])];
}

/** Answers with credentials are not stored, so a key has no effect there. An operator's act is idempotent without one. */
const takesKey = (route: RouteContract) => route.method === 'POST' && !route.credential && !isOperatorRoute(route);

const KEY_IGNORED =
  'An `Idempotency-Key` is ignored: what takes or gives a credential is never stored or replayed, so each request is executed.';

const codesOf = (routes: readonly RouteContract[]) => [...new Set(routes.flatMap(errorsOf))].sort();

const takes = (schema: z.ZodType) =>
  !(schema instanceof z.ZodUndefined) && !(schema instanceof z.ZodObject && Object.keys(schema.shape).length === 0);

/** The OpenAPI 3.1 document of an API, by default the public one: a function of the contracts alone. */
export function openApiDocument(routes: readonly RouteContract[] = ROUTES, api: ApiDescription = PUBLIC_API): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info: { title: api.title, version: '1', description: api.description, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/', description: 'The host that served this document' }],
    tags: Object.entries(api.tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: components(routes),
      headers: HEADERS,
      parameters: { IdempotencyKey: IDEMPOTENCY_KEY },
      examples: Object.fromEntries(codesOf(routes).map((code) => [code, { value: exampleOf(code) }])),
      securitySchemes: api.securitySchemes,
    },
  };
}

function operation(route: RouteContract): Json {
  const { operationId, tag, summary, access, body } = route;
  const ignored = route.method === 'POST' && route.credential ? KEY_IGNORED : undefined;
  const description = [route.description, ignored].filter((text) => text !== undefined).join(' ');
  const anonymous = access === 'public' ? [] : access === 'optional' ? [{}] : undefined;
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description && { description }),
    security: isOperatorRoute(route)
      ? [...(access === 'viewer' ? [{ viewer: [] }] : []), { operator: [] }]
      : access === 'public'
        ? []
        : [...(anonymous ?? []), { cookie: [] }, { bearer: [] }],
    ...parametersOf(route),
    ...(takes(body) && {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: { 'application/json': content(body, 'input') },
      },
    }),
    responses: { ...success(route), ...failures(route) },
  };
}

function parametersOf(route: RouteContract): Json {
  const { params, query } = route;
  const path = fieldsOf(params).map(([name, schema]) => ({ ...parameter(name, schema), in: 'path', required: true }));
  const search = fieldsOf(query).map(([name, schema]) => ({
    ...parameter(name, schema),
    in: 'query',
    required: !schema.safeParse(undefined).success,
  }));
  const key = takesKey(route) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : [];
  const all = [...path, ...search, ...key];
  return all.length > 0 ? { parameters: all } : {};
}

function parameter(name: string, schema: z.ZodType): Json {
  const { description, ...json } = schemaOf(schema, 'input');
  return { name, ...(description !== undefined && { description }), schema: json };
}

function fieldsOf(schema: z.ZodType): [string, z.ZodType][] {
  return schema instanceof z.ZodObject ? Object.entries<z.ZodType>(schema.shape) : [];
}

function success({ status, alsoStatus, mediaType, response, rate }: RouteContract): Json {
  const headers = rate === 'none' ? {} : { headers: RATE_HEADERS };
  const body = takes(response) ? { content: { [mediaType]: content(response, 'output') } } : {};
  return {
    [status]: { description: status === 204 ? 'Done' : 'The answer', ...headers, ...body },
    ...(alsoStatus && { [alsoStatus]: { description: 'The same report, when the status is `down`', ...body } }),
  };
}

/** One response per status; the codes it may carry are listed and enumerated. */
function failures(route: RouteContract): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorsOf(route)) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('\n\n'),
        ...((status === 429 || status === 503) && { headers: { 'Retry-After': header('Retry-After') } }),
        content: {
          'application/problem+json': {
            schema: { allOf: [ref('Problem'), { properties: { code: { enum: codes } } }] },
            examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
          },
        },
      },
    ]),
  );
}

function exampleOf(code: ErrorCode): Json {
  const { status, title, retryable } = ERRORS[code];
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  return { type: `/problems/${code}`, title, status, code, detail: title, retryable, traceId };
}

const header = (name: string) => ({ $ref: `#/components/headers/${name}` });

const HEADERS = {
  RateLimit: {
    description: 'What is left of each budget, and in how many seconds it is full again (IETF draft)',
    schema: { type: 'string', examples: ['"write";r=118;t=42'] },
  },
  'RateLimit-Policy': {
    description: 'Each budget: its size, and its window in seconds',
    schema: { type: 'string', examples: ['"write";q=120;w=60'] },
  },
  'Retry-After': { description: 'Seconds', schema: { type: 'integer' } },
};
const RATE_HEADERS = { RateLimit: header('RateLimit'), 'RateLimit-Policy': header('RateLimit-Policy') };

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Any text of 1 to 200 visible characters. A repeat with the same key and body within 24 hours gets the answer of the ' +
    'first and does nothing; with another body it is refused.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};

function content(schema: z.ZodType, side: Side): Json {
  return { schema: schemaOf(schema, side) };
}

/** Every named schema that a route, or one of them, refers to. */
function components(routes: readonly RouteContract[]): Json {
  return namedSchemas([
    ...routes.flatMap(({ body, query, params, response }) => [
      ...[body, query, params].filter(takes).map((schema) => [schema, 'input'] as const),
      ...[response].filter(takes).map((schema) => [schema, 'output'] as const),
    ]),
    [Problem, 'output'],
    [NotificationCode, 'output'],
  ]);
}
