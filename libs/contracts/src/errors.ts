import { z } from 'zod';
import { type ErrorCode, ERRORS } from './error-codes';

/** `application/problem+json`. */
export const Problem = z
  .object({
    type: z.string().meta({ description: 'Where the code is explained', examples: ['/problems/NOT_FOUND'] }),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: 'What a program goes by' }),
    detail: z.string(),
    retryable: z.boolean().meta({ description: 'The same request may succeed later' }),
    retryAfterMs: z.int().optional(),
    traceId: z.string().meta({ description: 'Finds the request in the logs of all services' }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'One per field or thing that stands in the way' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });
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
