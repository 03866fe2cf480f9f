import type { Pool } from 'pg';
import { Gauge } from 'prom-client';

/** By the name under which their connections appear in `pg_stat_activity`. */
const pools = new Map<Pool, string>();

new Gauge({
  name: 'db_pool_connections',
  help: 'Database connections of this process by pool: in use, idle, and callers waiting for one',
  labelNames: ['pool', 'state'],
  collect() {
    this.reset();
    for (const [pool, name] of pools) {
      if (pool.ended) pools.delete(pool);
      this.inc({ pool: name, state: 'used' }, pool.totalCount - pool.idleCount);
      this.inc({ pool: name, state: 'idle' }, pool.idleCount);
      this.inc({ pool: name, state: 'waiting' }, pool.waitingCount);
    }
  },
});

/** Counts the pool in `db_pool_connections` until it ends. */
export function watchPool(pool: Pool, name: string): void {
  pools.set(pool, name);
}
