import { logger } from '@convene/observability/logger';
import { runInTrace, type Trace } from '@convene/observability/trace';
import { isRecorded, recordSpan } from '@convene/observability/tracing/spans';
import type { Fastify } from './fastify';
import { networkOf } from './network-of';
import { logRequest, type RequestLine } from './request-log';
import { countRequest } from './request-metrics';
import { traceOf } from './request-trace';
import { SECURITY_HEADERS } from './security-headers';

const PROBES = '/health';

/** Runs every request in its trace, sends its id as `x-trace-id`, writes one log line and records one observation. */
export function addRequestHooks(fastify: Fastify): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const trace = traceOf(request.raw);
    // `no-store` is the default; routes whose responses may be cached override it.
    reply.headers(SECURITY_HEADERS).header('x-trace-id', trace.traceId).header('cache-control', 'no-store');
    runInTrace(trace, done, networkOf(request.ip));
  });

  fastify.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const status = reply.statusCode;
    countRequest(method, route, status, reply.elapsedTime / 1000);
    const trace = traceOf(request.raw);
    const { traceId } = trace;
    const line = { traceId, method, route, status, durationMs: Math.round(reply.elapsedTime * 10) / 10 };
    if (route.startsWith(PROBES)) logger.debug(line, 'Answered');
    else {
      logRequest(line);
      if (isRecorded(trace)) recordRequest(trace, line);
    }
    done();
  });
}

function recordRequest(trace: Trace, { method, route, status, durationMs }: RequestLine): void {
  const attributes = { 'http.request.method': method, 'http.route': route, 'http.response.status_code': status };
  const error = status >= 500 ? String(status) : undefined;
  recordSpan(trace, { name: `${method} ${route}`, kind: 'server', attributes }, durationMs, error);
}
