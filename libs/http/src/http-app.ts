import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { proxyCheck } from './client-address';
import { allowOrigins } from './cors';
import { jsonParser } from './json-parser';
import { checkOrigin } from './origin-check';
import { answerProblem, ProblemFilter } from './problem.filter';
import { addRequestHooks } from './request-hooks';

export interface HttpOptions {
  /** Origins, beside the API's own, whose pages may send requests with cookies. */
  readonly origins: readonly string[];
}

const BODY_LIMIT = 64 * 1024;
/** Longer than the longest token in a path. */
const MAX_PARAM_LENGTH = 200;
/** Time to receive the headers, and the whole request: slower connections are cut off. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** Time without a byte in either direction, as with a client that does not read. Longer than the long poll's 25 s. */
const IDLE_TIMEOUT_MS = 60_000;

export interface AdapterOptions {
  /** Addresses or networks whose X-Forwarded-For header is trusted. */
  readonly trustedProxies?: readonly string[];
  /** Time to receive a whole request. */
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
    // What arrives on an open connection while the process drains is answered, with "Connection: close", and not refused.
    return503OnClosing: false,
    // By default Fastify sets Node's timeout to 0, which allows a body to arrive at any speed.
    requestTimeout: requestTimeoutMs,
    connectionTimeout: IDLE_TIMEOUT_MS,
    // Node enforces the timeouts with the precision of this interval.
    http: { headersTimeout, connectionsCheckingInterval: headersTimeout / 5 },
    // Errors before routing (a path that cannot be decoded), which no exception filter receives.
    frameworkErrors: answerProblem,
  });
}

/** Installs what all routes share: trace, log, metrics, headers, Origin check, CORS, JSON and problems. */
export async function prepareHttp(app: NestFastifyApplication, { origins }: HttpOptions): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  addRequestHooks(fastify);
  allowOrigins(fastify, origins);
  fastify.addHook('onRequest', (request, _reply, done) => {
    checkOrigin(request.method, request.headers, origins);
    done();
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, jsonParser);
  app.useGlobalFilters(new ProblemFilter());
}
