import { isRefusal } from './database/database-errors';
import { retryInPlace } from './database/retry';
import type { Writer } from './database/transaction';
import { currentFrame } from './database/transaction-frame';
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
  const frame = currentFrame();
  if (!frame) return retryInPlace(() => prisma.$transaction(work, options));
  const framed = async (tx: Tx) => {
    const writer = sqlIn(tx);
    await frame.before(writer);
    const result = await work(tx);
    await frame.after(writer, result);
    return result;
  };
  return retryInPlace(async () => {
    const result = await prisma.$transaction(framed, options);
    frame.committed();
    return result;
  });
}
