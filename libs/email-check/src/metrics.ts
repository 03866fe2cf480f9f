import { CircuitState } from 'cockatiel';
import { Counter, Gauge } from 'prom-client';
import type { Verdict } from './verdict';

export type Source = 'mx' | 'provider' | 'cache';

const STATES: Record<CircuitState, number> = {
  [CircuitState.Closed]: 0,
  [CircuitState.HalfOpen]: 1,
  [CircuitState.Open]: 2,
  [CircuitState.Isolated]: 2,
};

const breakers = new Gauge({
  name: 'email_check_breaker_state',
  help: 'Whether a source of verdicts is asked: 0 closed (asked), 1 half open (tried again), 2 open (not asked)',
  labelNames: ['source'],
});

const verdicts = new Counter({
  name: 'email_check_verdicts_total',
  help: 'Checked addresses by what came of it',
  labelNames: ['verdict'],
});

export function showBreaker(source: Source, state: CircuitState): void {
  breakers.set({ source }, STATES[state]);
}

export function countVerdict(verdict: Verdict): void {
  verdicts.inc({ verdict });
}
