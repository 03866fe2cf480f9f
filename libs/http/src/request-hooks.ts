import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { logger } from '@convene/observability/logger';
import { runInTrace } from '@convene/observability/trace';
import { networkOf } from './network-of';
import { logRequest } from './request-log';
import { countRequest } from './request-metrics';
import { traceOf } from './request-trace';
import { SECURITY_HEADERS } from './security-headers';

type Fastify = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

const PROBES = '/health';

/** Runs every request in its trace, sends its id as `x-trace-id`, writes one log line and records one observation. */
export function addRequestHooks(fastify: Fastify): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const trace = traceOf(request.raw);
    // `no-store` is the default; routes whose responses may be cached override it.
    reply.headers({ ...SECURITY_HEADERS, 'x-trace-id': trace.traceId, 'cache-control': 'no-store' });
    runInTrace(trace, done, networkOf(request.ip));
  });

  fastify.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const status = reply.statusCode;
    countRequest(method, route, status, reply.elapsedTime / 1000);
    const { traceId } = traceOf(request.raw);
    const line = { traceId, method, route, status, durationMs: Math.round(reply.elapsedTime * 10) / 10 };
    if (route.startsWith(PROBES)) logger.debug(line, 'Answered');
    else logRequest(line);
    done();
  });
}
