import { Counter } from 'prom-client';
import { infrastructureCause } from '@convene/observability/infrastructure';
import { logger } from '@convene/observability/logger';
import { retryDelay, type RetryPolicy } from '../topology/retry-levels';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';
import type { RetryChains } from './retry-chains';
import { failedHeaders } from './retry-or-mark-dead';

const waiting = new Counter({
  name: 'reactions_waiting_for_infrastructure_total',
  help: 'Reactions sent to a retry queue because something beneath them was unhealthy; they count no attempt',
  labelNames: ['queue', 'cause'],
});

/** Of a cause that every queue may meet. A counter that is born with its first failure shows no increase. */
export function announceWaits(queue: string): void {
  waiting.inc({ queue, cause: 'connection' }, 0);
}

/**
 * A reaction that failed because a server was away, full, or too slow would have succeeded with everything healthy. It
 * comes back, level by level and then at the last level without end, and keeps the attempts it has.
 * @throws when it cannot be parked either: then the message must not be acked.
 */
export function waitForInfrastructure(chains: RetryChains, policy: RetryPolicy): Middleware<Attempt> {
  return async (attempt, next) => {
    try {
      await next();
    } catch (error) {
      const cause = infrastructureCause(error);
      if (cause === undefined) throw error;
      const { queue, event, headers, reaction } = attempt;
      const waits = (headers.waits ?? 0) + 1;
      const context = { queue, eventId: event.id, reaction: reaction.name, cause, waits };
      logger.warn({ err: error, ...context }, 'A reaction waits for infrastructure');
      const delayMs = retryDelay(policy, headers.attempt - 1 + waits);
      await chains.park(attempt, { ...failedHeaders(attempt, error), waits }, delayMs);
      waiting.inc({ queue, cause });
    }
  };
}
