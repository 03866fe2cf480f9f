import { Counter, Gauge, Histogram } from 'prom-client';
import type { Unavailability } from './host-unavailable';

const openBreakers = new Gauge({
  name: 'foreign_host_breakers_open',
  help: 'Foreign hosts that are not called, because their last calls failed, by kind of host',
  labelNames: ['kind'],
});
const calls = new Counter({
  name: 'foreign_host_calls_total',
  help: 'Calls to foreign hosts by what came of them; breaker_open and busy were not made',
  labelNames: ['kind', 'outcome'],
});
const seconds = new Histogram({
  name: 'foreign_host_call_duration_seconds',
  help: 'Duration of the calls that were made',
  labelNames: ['kind'],
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
});

export function countOpenBreakers(kind: string, change: 1 | -1): void {
  openBreakers.inc({ kind }, change);
}

const OUTCOMES = ['answered', 'failed', 'breaker_open', 'busy'] satisfies ('answered' | Unavailability)[];

/** The series exist before the first breaker opens, so that alerts and dashboards have something to look at. */
export function announceKind(kind: string): void {
  openBreakers.inc({ kind }, 0);
  for (const outcome of OUTCOMES) calls.inc({ kind, outcome }, 0);
}

export function countCall(kind: string, outcome: 'answered' | Unavailability): void {
  calls.inc({ kind, outcome });
}

/** @returns a function that ends the measurement. */
export function timeCall(kind: string): () => void {
  return seconds.startTimer({ kind });
}
