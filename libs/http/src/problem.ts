import { HttpException } from '@nestjs/common';
import { type ErrorCode, ERRORS } from '@convene/contracts/error-codes';
import { ConveneError, type Problem } from '@convene/contracts/errors';
import { infrastructureCause } from '@convene/observability/infrastructure';

const RETRY_AFTER_MS = 1_000;

/** Requests that the framework refuses before a handler runs are identified by their status alone. */
const FRAMEWORK_ERRORS: Record<number, ErrorCode> = {
  400: 'MALFORMED_JSON',
  404: 'ROUTE_NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'ROUTE_NOT_FOUND',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** A path that cannot be decoded names no route. Fastify reports it as a bad request, like a malformed body. */
const BAD_PATH = 'FST_ERR_BAD_URL';

/** Converts any thrown value to an error with a code. Unknown errors become INTERNAL, and their message is not sent. */
export function toConveneError(thrown: unknown): ConveneError {
  if (thrown instanceof ConveneError) return thrown;
  const badPath = thrown instanceof Error && 'code' in thrown && thrown.code === BAD_PATH;
  const code = badPath ? 'ROUTE_NOT_FOUND' : FRAMEWORK_ERRORS[frameworkStatus(thrown) ?? 0];
  if (code) return new ConveneError(code, undefined, { cause: thrown });
  if (infrastructureCause(thrown) !== undefined) return new ConveneError('UNAVAILABLE', undefined, { cause: thrown });
  return new ConveneError('INTERNAL', undefined, { cause: thrown });
}

function frameworkStatus(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (thrown instanceof Error && thrown.name === 'FastifyError') return (thrown as { statusCode?: number }).statusCode;
  return undefined;
}

/** RFC 9457. `type` is a path of the documentation, relative to the root of the API. */
export function problemOf(error: ConveneError, traceId: string): Problem {
  const { status, title, retryable } = ERRORS[error.code];
  const retryAfterMs = error.retryAfterMs ?? (error.code === 'UNAVAILABLE' ? RETRY_AFTER_MS : undefined);
  return {
    type: `/problems/${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    traceId,
    ...(error.errors && { errors: error.errors }),
  };
}

/** Headers of a problem: a 401 names the scheme (RFC 9110), a retryable one may have `Retry-After`. */
export function problemHeaders(problem: Problem): Record<string, string> {
  return {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    ...(problem.status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(problem.retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(problem.retryAfterMs / 1000)) }),
  };
}
