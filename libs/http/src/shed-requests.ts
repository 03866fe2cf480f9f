import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RouteContract } from '@convene/contracts/http/route';
import type { LoadShedding } from '@convene/observability/overload/load-shedding';
import { pathPattern } from './handles';
import { refuseSome } from './refuse-some';

/**
 * Refuses a share of the requests while the process is overloaded, before their body is read and their caller identified.
 * Not in `onRequest`: the CORS headers are set there, and without them a page cannot read why it was refused.
 */
export function shedRequests(
  app: NestFastifyApplication,
  shedding: Pick<LoadShedding, 'refusal'>,
  exempt: readonly RouteContract[],
): void {
  const paths = new Set<string | undefined>(exempt.map(({ path }) => pathPattern(path)));
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    if (!paths.has(request.routeOptions.url)) refuseSome(shedding);
    done(null, payload);
  });
}
