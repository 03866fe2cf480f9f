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

/** Runs `work` again, in place, a few times, after a deadlock or a serialization failure: so it must be safe to repeat. */
export async function retryInPlace<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isWriteConflict(error)) throw error;
      retries.inc();
      // Full jitter: whoever collided once should not meet again.
      await wait(Math.random() * BACKOFF_MS * 2 ** attempt);
    }
  }
}

type Addition = (tx: Tx, result: unknown) => Promise<void>;
const additions = new AsyncLocalStorage<Addition>();

/**
 * Whatever transactions `work` runs, `addition` is their last statement, and gets what the transaction yields: it is
 * committed with it, or not at all.
 */
export async function withFinalStatement<T>(addition: Addition, work: () => Promise<T>): Promise<T> {
  let over = false;
  // What `work` leaves running in the background (a relay it woke) inherits its context, and must not be added to.
  const whileItRuns: Addition = async (tx, result) => (over ? undefined : addition(tx, result));
  try {
    return await additions.run(whileItRuns, work);
  } finally {
    over = true;
  }
}

/** Runs `work` in one transaction: all of it happens, or nothing. It may run several times, so it must have no effect outside. */
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
