import { isNativeError } from 'node:util/types';
import type { Error as Cause } from '@prisma/driver-adapter-utils';
import { DatabaseError } from 'pg';
import { ConveneError } from '@convene/contracts/errors';
import { infrastructureCause } from '@convene/observability/infrastructure';
import { DatabaseConnectionError } from './flight';
import { PoolExhaustedError } from './pool';
import { SilentDatabaseError } from './silent-connection';

/** SQLSTATEs: serialization failure, deadlock. */
const WRITE_CONFLICTS = ['40001', '40P01'];
const UNIQUE_VIOLATION = '23505';
const DIVISION_BY_ZERO = '22012';

/**
 * The database's own error, of a statement by Prisma. Prisma wraps one failure in several forms: under a code of its own (models), as P2010 (raw
 * SQL), or bare (at COMMIT). The adapter's cause is the same in all.
 */
function causeOf(error: unknown): Cause | undefined {
  if (!isNativeError(error)) return undefined;
  if (error.name === 'DriverAdapterError') return error.cause as Cause;
  const meta = 'meta' in error ? (error.meta as { driverAdapterError?: unknown } | undefined) : undefined;
  return meta && causeOf(meta.driverAdapterError);
}

/**
 * A row of the same key exists.
 * @param index Only if it is this index, e.g. `invites_one_pending_key`. (A partition names its own: `inbox_2026_11_pkey`.)
 */
export function isUniqueViolation(error: unknown, index?: string): boolean {
  if (error instanceof DatabaseError) {
    return error.code === UNIQUE_VIOLATION && (!index || error.constraint === index);
  }
  const cause = causeOf(error);
  if (cause?.kind !== 'UniqueConstraintViolation') return false;
  if (!index) return true;
  return !!cause.constraint && 'index' in cause.constraint && cause.constraint.index === index;
}

/** A deadlock or a serialization failure: the transaction was rolled back, and may succeed if it runs again. */
export function isWriteConflict(error: unknown): boolean {
  if (error instanceof DatabaseError) return WRITE_CONFLICTS.includes(error.code ?? '');
  return causeOf(error)?.kind === 'TransactionWriteConflict';
}

/** A statement failed because of `refuseUnless`. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code === DIVISION_BY_ZERO;
  const cause = causeOf(error);
  return !!cause && 'originalCode' in cause && cause.originalCode === DIVISION_BY_ZERO;
}

/** Whether the error comes from the database, and not from another server that a handler called. */
export function isOfDatabase(error: unknown): boolean {
  const own = [DatabaseError, DatabaseConnectionError, PoolExhaustedError, SilentDatabaseError];
  return (
    isNativeError(error) && (own.some((type) => error instanceof type) || /^(Prisma|DriverAdapter)/.test(error.name))
  );
}

/** UNAVAILABLE where a server we need does not answer for now (or is full, or is too slow), else undefined. */
export function asUnavailable(error: unknown): ConveneError | undefined {
  if (error instanceof PoolExhaustedError) return new ConveneError('UNAVAILABLE', error.message, { cause: error });
  if (infrastructureCause(error) === undefined) return undefined;
  return new ConveneError('UNAVAILABLE', 'The database does not answer in time; try again', { cause: error });
}
