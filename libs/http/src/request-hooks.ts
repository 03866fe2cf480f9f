import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { logger } from '@convene/observability/logger';
import { runAsClient } from '@convene/observability/security-log';
import { runInTrace } from '@convene/observability/trace';
import { networkOf } from './network-of';
import { countRequest } from './request-metrics';
import { traceOf } from './request-trace';

type Fastify = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

const PROBES = '/health';

/** Runs every request in its trace, sends its id as `x-trace-id`, writes one log line and records one observation. */
export function addRequestHooks(fastify: Fastify): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const trace = traceOf(request.raw);
    // The default; routes whose responses may be cached override it.
    reply.headers({ 'x-trace-id': trace.traceId, 'cache-control': 'no-store' });
    runInTrace(trace, () => runAsClient(networkOf(request.ip), done));
  });

  fastify.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const status = reply.statusCode;
    countRequest(method, route, status, reply.elapsedTime / 1000);
    runInTrace(traceOf(request.raw), () => {
      const line = { method, route, status, durationMs: Math.round(reply.elapsedTime * 10) / 10 };
      if (route.startsWith(PROBES)) logger.debug(line, 'Answered');
      else logger.info(line, 'Answered');
    });
    done();
  });
}
