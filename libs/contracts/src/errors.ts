import { z } from 'zod';

interface ErrorContract {
  readonly status: number;
  readonly title: string;
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
}

/** Every code an answer may carry, over HTTP (RFC 9457) and in socket acknowledgements. */
export const ERRORS = {
  VALIDATION_FAILED: { status: 422, title: 'The request does not have the expected shape', retryable: false },
  MALFORMED_JSON: { status: 400, title: 'The body is not valid JSON', retryable: false },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The body must be application/json', retryable: false },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large', retryable: false },
  ROUTE_NOT_FOUND: { status: 404, title: 'There is no such route', retryable: false },
  NOT_FOUND: { status: 404, title: 'There is no such thing, or it is not yours to see', retryable: false },
  UNAUTHENTICATED: { status: 401, title: 'A valid access token is needed', retryable: false },
  TOKEN_EXPIRED: { status: 401, title: 'The access token has expired; refresh it', retryable: false },
  SESSION_REVOKED: { status: 401, title: 'The session has ended; log in again', retryable: false },
  REFRESH_INVALID: { status: 401, title: 'The refresh token is not valid; log in again', retryable: false },
  INVALID_CREDENTIALS: { status: 401, title: 'E-mail or password is wrong', retryable: false },
  FORBIDDEN: { status: 403, title: 'Your role does not allow this', retryable: false },
  ORIGIN_NOT_ALLOWED: { status: 403, title: 'Requests from this Origin are not accepted', retryable: false },
  EMAIL_NOT_VERIFIED: { status: 403, title: 'Verify your e-mail address first', retryable: false },
  EMAIL_TAKEN: { status: 409, title: 'An account with this e-mail address exists', retryable: false },
  TOKEN_INVALID: { status: 410, title: 'The link is not valid any more; ask for a new one', retryable: false },
  ALREADY_MEMBER: { status: 409, title: 'That person is already a member', retryable: false },
  INVITE_ALREADY_PENDING: { status: 409, title: 'That address has a pending invite already', retryable: false },
  INVITE_USED: { status: 409, title: 'The invite has been answered already', retryable: false },
  INVITE_REVOKED: { status: 410, title: 'The invite was withdrawn', retryable: false },
  INVITE_EXPIRED: { status: 410, title: 'The invite has expired; ask for a new one', retryable: false },
  INVITE_EMAIL_MISMATCH: { status: 403, title: 'The invite is for another address', retryable: false },
  CURSOR_INVALID: { status: 422, title: 'The cursor is not one this list gave', retryable: false },
  RATE_LIMITED: { status: 429, title: 'Too many requests', retryable: true },
  UNAVAILABLE: { status: 503, title: 'A needed service does not answer', retryable: true },
  INTERNAL: { status: 500, title: 'Something went wrong on our side', retryable: true },
} as const satisfies Record<string, ErrorContract>;

export type ErrorCode = keyof typeof ERRORS;

/** RFC 9457 `application/problem+json`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  retryable: z.boolean(),
  retryAfterMs: z.int().optional(),
  traceId: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;

/** The error every layer throws: a code, a sentence that names the field and the remedy, and nothing else. */
export class ConveneError extends Error {
  readonly retryAfterMs: number | undefined;
  readonly errors: { field: string; message: string }[] | undefined;

  constructor(
    readonly code: ErrorCode,
    detail: string = ERRORS[code].title,
    more: { retryAfterMs?: number; errors?: { field: string; message: string }[]; cause?: unknown } = {},
  ) {
    super(detail, { cause: more.cause });
    this.name = 'ConveneError';
    this.retryAfterMs = more.retryAfterMs;
    this.errors = more.errors;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}
