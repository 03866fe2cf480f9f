import { ConveneError } from '@convene/contracts/errors';
import { logger } from '@convene/observability/logger';
import { asUnavailable } from '@convene/prisma/database/database-errors';

/** Converts anything thrown into the error that a client may see. An unexpected error is logged and becomes INTERNAL. */
export function asConveneError(error: unknown): ConveneError {
  const known = error instanceof ConveneError ? error : asUnavailable(error);
  if (known) return known;
  logger.error({ err: error }, 'A client could not be served');
  return new ConveneError('INTERNAL', undefined, { cause: error });
}

/** The error part of an answer: what `connect_error` and acknowledgements carry. */
export function errorBody({ code, message: detail, retryable, retryAfterMs }: ConveneError) {
  return { code, detail, retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
