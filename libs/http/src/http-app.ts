import helmet from '@fastify/helmet';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { proxyCheck } from './client-address';
import { jsonParser } from './json-parser';
import { checkOrigin } from './origin-check';
import { answerProblem, ProblemFilter } from './problem.filter';
import { addRequestHooks } from './request-hooks';

export interface HttpOptions {
  /** Origins whose pages may call us with cookies, beside our own. */
  readonly origins: readonly string[];
}

const BODY_LIMIT = 64 * 1024;
/** Longer than the longest token in a path. */
const MAX_PARAM_LENGTH = 200;
/** Longest that a client may take to send its headers, and the whole request: a connection that dribbles is cut off. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** Longest without a byte in either direction: a client that does not read its answer. Above the long poll's 25 s. */
const SILENCE_TIMEOUT_MS = 60_000;
const PREFLIGHT_SECONDS = 600;

export interface AdapterOptions {
  /** Addresses or networks whose X-Forwarded-For tells the client's address. */
  readonly trustedProxies?: readonly string[];
  /** Longest that a request may take to arrive whole. */
  readonly requestTimeoutMs?: number;
}

export function httpAdapter(options: AdapterOptions = {}): FastifyAdapter {
  const { trustedProxies = [], requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const headersTimeout = Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs);
  return new FastifyAdapter({
    trustProxy: trustedProxies.length > 0 ? proxyCheck(trustedProxies) : false,
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    // Without it Fastify sets Node's own to 0: a body may then take for ever.
    requestTimeout: requestTimeoutMs,
    connectionTimeout: SILENCE_TIMEOUT_MS,
    // Timeouts are kept to within one interval.
    http: { headersTimeout, connectionsCheckingInterval: headersTimeout / 5 },
    // Errors that precede routing (a path that does not decode) and so reach no filter.
    frameworkErrors: answerProblem,
  });
}

/** Everything that every route has: trace, log, metrics, headers, Origin check, CORS, JSON and problems. */
export async function prepareHttp(app: NestFastifyApplication, { origins }: HttpOptions): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  addRequestHooks(fastify);
  fastify.addHook('onRequest', (request, _reply, done) => {
    checkOrigin(request.method, request.headers, origins);
    done();
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, jsonParser);
  await app.register(helmet, {
    contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }, useDefaults: false },
  });
  app.enableCors({
    origin: [...origins],
    credentials: true,
    maxAge: PREFLIGHT_SECONDS,
    exposedHeaders: ['etag', 'idempotent-replay', 'ratelimit', 'ratelimit-policy', 'retry-after', 'x-trace-id'],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  });
  app.useGlobalFilters(new ProblemFilter());
}
