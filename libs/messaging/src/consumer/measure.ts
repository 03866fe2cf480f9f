import { Histogram } from 'prom-client';
import { GatheredCounter } from '@convene/observability/gathered-counter';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';

const attempts = new GatheredCounter({
  name: 'reaction_attempts_total',
  help: 'Attempts at reactions to events, by outcome',
  labelNames: ['queue', 'reaction', 'outcome'],
});
const seconds = new Histogram({
  name: 'reaction_duration_seconds',
  help: 'Duration of one attempt, forwarding included',
  labelNames: ['queue', 'reaction'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
});

export const measure: Middleware<Attempt> = async ({ queue, reaction }, next) => {
  const stop = seconds.startTimer({ queue, reaction: reaction.name });
  try {
    await next();
    attempts.inc({ queue, reaction: reaction.name, outcome: 'ok' });
  } catch (error) {
    attempts.inc({ queue, reaction: reaction.name, outcome: 'failed' });
    throw error;
  } finally {
    stop();
  }
};
