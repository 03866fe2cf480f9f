import { isRefusal } from './database/database-errors';
import { finalStatement } from './database/final-statement';
import { retryInPlace } from './database/retry';
import type { Writer } from './database/transaction';
import type { Prisma, PrismaClient } from './generated/client';

export type Tx = Prisma.TransactionClient;

export interface TransactionOptions {
  readonly isolationLevel?: Prisma.TransactionIsolationLevel;
}

/** SQL in a transaction of Prisma's, for code that serves both. Each write is sent at once. */
export function sqlIn(tx: Pick<Tx, '$queryRawUnsafe' | '$executeRawUnsafe'>): Writer {
  return {
    query: ({ text, values }) => tx.$queryRawUnsafe(text, ...values),
    execute: ({ text, values }) => tx.$executeRawUnsafe(text, ...values),
    write: async ({ text, values }, { refusal, received } = {}) => {
      try {
        const rows = await tx.$queryRawUnsafe<unknown[]>(text, ...values);
        received?.(rows);
      } catch (error) {
        throw refusal && isRefusal(error) ? refusal() : error;
      }
    },
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
