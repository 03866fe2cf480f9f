import { Counter } from 'prom-client';
import { logger, reasonOf } from '@convene/observability/logger';
import type { ReactionStore } from '@convene/prisma/reaction-store';
import { writeHeaders } from '../headers';
import type { RetryPolicy } from '../topology/retry-levels';
import { retryLevel } from '../topology/retry-levels';
import { PoisonMessageError, serializeEvent } from '../wire';
import type { Parking } from './parking';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';

const retries = new Counter({
  name: 'reaction_retries_total',
  help: 'Failed attempts that were sent to a retry queue',
  labelNames: ['queue', 'reaction'],
});

/**
 * A failed attempt comes back by a retry queue, as this one reaction only; the last one is buried in the inbox first and
 * then copied to the dead letters. @throws when the copy could not be confirmed: then the message must not be acked.
 */
export function retryOrBury(store: ReactionStore, parking: Parking, policy: RetryPolicy): Middleware<Attempt> {
  return async ({ queue, event, headers, reaction }, next) => {
    try {
      await next();
    } catch (error) {
      const failed = {
        ...headers,
        reaction: reaction.name,
        firstSeenAt: headers.firstSeenAt ?? new Date().toISOString(),
        error: reasonOf(error),
      };
      const last = headers.attempt >= policy.maxAttempts || error instanceof PoisonMessageError;
      const context = { queue, eventId: event.id, reaction: reaction.name, attempt: headers.attempt };
      logger[last ? 'error' : 'warn']({ err: error, ...context }, last ? 'Reaction given up' : 'Reaction failed');
      const body = serializeEvent(event);
      if (last) {
        if (reaction.guarantee !== 'transient') await store.bury(event.id, reaction.name, failed.error);
        await parking.deadLetter(queue, event.id, body, writeHeaders(failed));
      } else {
        const next = writeHeaders({ ...failed, attempt: headers.attempt + 1 });
        await parking.retry(queue, retryLevel(headers.attempt), event.id, body, next);
        retries.inc({ queue, reaction: reaction.name });
      }
    }
  };
}
