import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { Counter } from 'prom-client';
import { isWriteConflict } from './database-errors';
import type { Prisma, PrismaClient } from './generated/client';

export type Tx = Prisma.TransactionClient;

export interface TransactionOptions {
  readonly isolationLevel?: Prisma.TransactionIsolationLevel;
}

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

type Addition = (tx: Tx, result: unknown) => Promise<void>;
const additions = new AsyncLocalStorage<Addition>();

/**
 * Makes `addition` the last statement of each transaction that `work` runs. It gets the transaction's result, and is
 * committed or rolled back with it.
 */
export async function withFinalStatement<T>(addition: Addition, work: () => Promise<T>): Promise<T> {
  let over = false;
  // Background work that `work` starts (a relay it wakes) inherits the context; its transactions get no addition.
  const whileItRuns: Addition = async (tx, result) => (over ? undefined : addition(tx, result));
  try {
    return await additions.run(whileItRuns, work);
  } finally {
    over = true;
  }
}

/** Runs `work` in one transaction. It may run several times, so it must have no effect outside the database. */
export function inTransaction<T>(
  prisma: Pick<PrismaClient, '$transaction'>,
  work: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const addition = additions.getStore();
  if (!addition) return retryInPlace(() => prisma.$transaction(work, options));
  const whole = async (tx: Tx) => {
    const result = await work(tx);
    await addition(tx, result);
    return result;
  };
  return retryInPlace(() => prisma.$transaction(whole, options));
}
