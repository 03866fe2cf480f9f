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

/** Counts the pool in `db_pool_connections` until it ends. */
export function watchPool(pool: Pool): void {
  pools.add(pool);
}
