import { isRefusal } from './database/database-errors';
import { finalStatement } from './database/final-statement';
import { retryInPlace } from './database/retry';
import type { Writer } from './database/transaction';
import type { Prisma, PrismaClient } from './generated/client';

export type Tx = Prisma.TransactionClient;

export interface TransactionOptions {
  readonly isolationLevel?: Prisma.TransactionIsolationLevel;
}

/**
 * SQL in a transaction of Prisma's, for code that serves both. A statement is sent when it is called, as by `Transaction`, and
 * not when it is awaited, as by Prisma: behind those called before it, and not at all when one of them failed.
 */
export function sqlIn(tx: Pick<Tx, '$queryRawUnsafe' | '$executeRawUnsafe'>): Writer {
  let last: Promise<unknown> = Promise.resolve();
  const inOrder = <T>(run: () => Promise<T>): Promise<T> => {
    const result = last.then(run);
    last = result;
    // Also a result that its caller does not await must not end the process; the next statement fails with its error.
    result.catch(() => undefined);
    return result;
  };
  return {
    query: ({ text, values }) => inOrder(() => tx.$queryRawUnsafe(text, ...values)),
    execute: ({ text, values }) => inOrder(() => tx.$executeRawUnsafe(text, ...values)),
    write: ({ text, values }, { refusal, received } = {}) =>
      inOrder(async () => {
        try {
          const rows = await tx.$queryRawUnsafe<unknown[]>(text, ...values);
          received?.(rows);
        } catch (error) {
          throw refusal && isRefusal(error) ? refusal() : error;
        }
      }),
  };
}

/** Runs `work` in one transaction of Prisma's. It may run several times, so it must have no effect outside the database. */
export function inTransaction<T>(
  prisma: Pick<PrismaClient, '$transaction'>,
  work: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const final = finalStatement();
  if (!final) return retryInPlace(() => prisma.$transaction(work, options));
  const whole = async (tx: Tx) => {
    const result = await work(tx);
    await final(sqlIn(tx), result);
    return result;
  };
  return retryInPlace(() => prisma.$transaction(whole, options));
}
