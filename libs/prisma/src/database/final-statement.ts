import { AsyncLocalStorage } from 'node:async_hooks';
import type { Writer } from './transaction';

export type FinalStatement = (tx: Writer, result: unknown) => Promise<void>;
const finals = new AsyncLocalStorage<FinalStatement>();

/**
 * Makes `final` the last statement of each transaction that `work` runs. It gets the transaction's result, and is committed
 * or rolled back with it.
 */
export async function withFinalStatement<T>(final: FinalStatement, work: () => Promise<T>): Promise<T> {
  let over = false;
  // Background work that `work` starts (a relay it wakes) inherits the context; its transactions get no addition.
  const whileItRuns: FinalStatement = async (tx, result) => (over ? undefined : final(tx, result));
  try {
    return await finals.run(whileItRuns, work);
  } finally {
    over = true;
  }
}

export function finalStatement(): FinalStatement | undefined {
  return finals.getStore();
}
