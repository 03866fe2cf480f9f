import { Counter } from 'prom-client';
import type { ProcessedReactions } from '@convene/inbox/processed-reactions';
import { infrastructureCause } from '@convene/observability/infrastructure';
import { logger, reasonOf } from '@convene/observability/logger';
import { type DeliveryHeaders, writeHeaders } from '../headers';
import type { RetryPolicy } from '../topology/retry-levels';
import { retryDelay } from '../topology/retry-levels';
import { PoisonMessageError, serializeEvent } from '../wire';
import type { FailedMessageRouter } from './failed-message-router';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';
import type { RetryChains } from './retry-chains';

const retries = new Counter({
  name: 'reaction_retries_total',
  help: 'Failed attempts that were sent to a retry queue',
  labelNames: ['queue', 'reaction'],
});

/** A counter that is born with its first failure shows no increase. */
export function announceRetries(queue: string, reaction: string): void {
  retries.inc({ queue, reaction }, 0);
}

/**
 * A failed attempt comes back by a retry queue, as this one reaction only; the last one is marked dead in the ledger first
 * and then copied to the dead letters. A reaction that was committed, and failed after that, is not dead: there is no copy.
 * Failures of infrastructure are no attempts, and pass through.
 */
export function retryOrMarkDead(
  processed: ProcessedReactions,
  failedMessages: FailedMessageRouter,
  chains: RetryChains,
  policy: RetryPolicy,
): Middleware<Attempt> {
  return async (attempt, next) => {
    try {
      await next();
    } catch (error) {
      if (infrastructureCause(error) !== undefined) throw error;
      const { queue, event, headers, reaction } = attempt;
      const failed = failedHeaders(attempt, error);
      const last = headers.attempt >= policy.maxAttempts || error instanceof PoisonMessageError;
      const context = { queue, eventId: event.id, reaction: reaction.name, attempt: headers.attempt };
      logger[last ? 'error' : 'warn']({ err: error, ...context }, last ? 'Reaction given up' : 'Reaction failed');
      if (last) {
        const dead =
          reaction.guarantee === 'transient' || (await processed.markDead(event.id, reaction.name, reasonOf(error)));
        if (dead) await failedMessages.deadLetter(queue, event.id, serializeEvent(event), writeHeaders(failed));
      } else {
        const next = { ...failed, attempt: headers.attempt + 1 };
        await chains.park(attempt, next, retryDelay(policy, headers.attempt));
        retries.inc({ queue, reaction: reaction.name });
      }
    }
  };
}

/** The headers of a message about its last failure. */
export function failedHeaders({ headers, reaction }: Attempt, error: unknown): DeliveryHeaders {
  return {
    ...headers,
    reaction: reaction.name,
    firstSeenAt: headers.firstSeenAt ?? new Date().toISOString(),
    error: reasonOf(error),
  };
}
