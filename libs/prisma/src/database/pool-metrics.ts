import type { Pool } from 'pg';
import { Gauge } from 'prom-client';

const pools = new Set<Pool>();

new Gauge({
  name: 'db_pool_connections',
  help: 'Database connections of this process: in use, idle, and callers waiting for one',
  labelNames: ['state'],
  collect() {
    const count = { used: 0, idle: 0, waiting: 0 };
    for (const pool of pools) {
      if (pool.ended) pools.delete(pool);
      count.used += pool.totalCount - pool.idleCount;
      count.idle += pool.idleCount;
      count.waiting += pool.waitingCount;
    }
    for (const [state, value] of Object.entries(count)) this.set({ state }, value);
  },
});

/** When each caller that waits for a connection began to, in order of arrival, which is that of the pools. */
const waiting = new Set<{ readonly since: number }>();

/** Counts a caller as waiting until it calls the function returned. */
export function startWait(): () => void {
  const wait = { since: performance.now() };
  waiting.add(wait);
  return () => waiting.delete(wait);
}

/** How long the caller that waits longest for a connection of this process has been waiting, in ms; 0 when none waits. */
export function longestWaitMs(): number {
  for (const { since } of waiting) return performance.now() - since;
  return 0;
}

/** Counts the pool in `db_pool_connections` until it ends. */
export function watchPool(pool: Pool): void {
  pools.add(pool);
}
