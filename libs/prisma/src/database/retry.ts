import { setTimeout as wait } from 'node:timers/promises';
import { Counter } from 'prom-client';
import { isWriteConflict } from './database-errors';

const ATTEMPTS = 6;
const BACKOFF_MS = 10;

const retries = new Counter({
  name: 'db_transaction_retries_total',
  help: 'Transactions run again after a deadlock or a serialization failure',
});

/** Runs `work`, and a few times more after a deadlock or a serialization failure: it must be safe to repeat. */
export async function retryInPlace<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isWriteConflict(error)) throw error;
      retries.inc();
      // Full jitter, so that two transactions that collided once do not collide again.
      await wait(Math.random() * BACKOFF_MS * 2 ** attempt);
    }
  }
}
