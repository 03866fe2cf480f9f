import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { callerOf } from '@convene/http/caller';
import { RecentWriters } from './recent-writers';

/**
 * Records each user who changes something, before the answer. Needed with a read replica only. A hook and not an interceptor,
 * because Nest runs every request of a route with an interceptor through Observables, which costs a quarter of a small one.
 */
export function noteWriters(app: NestFastifyApplication): void {
  const writers = app.get(RecentWriters);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', async (request, reply) => {
    const caller = callerOf(request);
    if (caller && request.method !== 'GET' && reply.statusCode < 400) await writers.add(caller.userId);
  });
}
