import { ERRORS, type ErrorCode } from '@convene/contracts/error-codes';
import { ConveneError, type Problem } from '@convene/contracts/errors';
import { infrastructureCause } from '@convene/observability/infrastructure';
import { HttpException } from '@nestjs/common';

const RETRY_AFTER_MS = 1_000;

/** What the framework itself refuses, before any code of ours runs, is known by its status alone. */
const FRAMEWORK: Record<number, ErrorCode> = {
  400: 'MALFORMED_JSON',
  404: 'ROUTE_NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'ROUTE_NOT_FOUND',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** A path that does not decode names nothing; for Fastify it is a bad request, as a broken body is. */
const BAD_PATH = 'FST_ERR_BAD_URL';

/** Any thrown value as an error with a code. What we do not know is INTERNAL, and its message goes no further. */
export function toConveneError(thrown: unknown): ConveneError {
  if (thrown instanceof ConveneError) return thrown;
  const badPath = thrown instanceof Error && 'code' in thrown && thrown.code === BAD_PATH;
  const code = badPath ? 'ROUTE_NOT_FOUND' : FRAMEWORK[frameworkStatus(thrown) ?? 0];
  if (code) return new ConveneError(code, undefined, { cause: thrown });
  if (infrastructureCause(thrown) !== undefined) return new ConveneError('UNAVAILABLE', undefined, { cause: thrown });
  return new ConveneError('INTERNAL', undefined, { cause: thrown });
}

function frameworkStatus(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (thrown instanceof Error && thrown.name === 'FastifyError') return (thrown as { statusCode?: number }).statusCode;
  return undefined;
}

/** RFC 9457. `type` is a path of the documentation, relative to wherever the API is served. */
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

/** Headers that go with it: every 401 names its scheme (RFC 9110), every "later" says when. */
export function problemHeaders(problem: Problem): Record<string, string> {
  return {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    ...(problem.status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(problem.retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(problem.retryAfterMs / 1000)) }),
  };
}
