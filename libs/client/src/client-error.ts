export interface ClientErrorOptions {
  code: string;
  message?: string;
  retryable?: boolean;
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/**
 * Everything this SDK throws or reports. `code` is one of the server's (docs/errors.md), or one of its own: `TIMEOUT`,
 * `DISCONNECTED`, `CLOSED`, `TOKEN_UNAVAILABLE`, `STORAGE_FAILED`, `HANDLER_FAILED`.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: string;
  /** Whether the same may succeed later without a change. */
  readonly retryable: boolean;
  /** The time to retry, if the server stated one. */
  readonly retryAfterMs: number | undefined;

  constructor({ code, message = code, retryable = false, retryAfterMs, cause }: ClientErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}
