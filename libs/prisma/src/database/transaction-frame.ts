import { AsyncLocalStorage } from 'node:async_hooks';
import type { Writer } from './transaction';

/** Statements that are committed or rolled back with the transaction they enclose. */
export interface TransactionFrame {
  /** Adds the first statements. If one fails, none of the transaction has an effect. */
  before(tx: Writer): void | Promise<void>;
  /** Adds the last statements. */
  after(tx: Writer, result: unknown): void | Promise<void>;
  committed(): void;
}

interface Framed {
  readonly frame: TransactionFrame;
  /** The frame is used up, or `work` is over. */
  over: boolean;
}

const frames = new AsyncLocalStorage<Framed>();

/**
 * Puts `frame` around the first transaction that `work` commits. An attempt that fails or is rolled back has it, too; a
 * later transaction does not, and neither does background work that `work` starts (a relay it wakes).
 */
export async function inFrame<T>(frame: TransactionFrame, work: () => Promise<T>): Promise<T> {
  const framed = { frame, over: false };
  try {
    return await frames.run(framed, work);
  } finally {
    framed.over = true;
  }
}

/** The frame of the transaction that begins now. */
export function currentFrame(): TransactionFrame | undefined {
  const framed = frames.getStore();
  if (!framed || framed.over) return undefined;
  const { frame } = framed;
  return {
    before: (tx) => frame.before(tx),
    after: (tx, result) => frame.after(tx, result),
    committed: () => {
      framed.over = true;
      frame.committed();
    },
  };
}
