import type { z } from 'zod';
import type { ErrorCode } from '../error-codes';

/** So many in so many seconds, per user over all devices and nodes. */
export interface SocketLimit {
  readonly points: number;
  readonly seconds: number;
}

/** The one home of what a client may say: it names it, types it, validates it, limits it and documents it. */
export interface ClientEventContract<
  Name extends string = string,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly name: Name;
  readonly summary: string;
  readonly description: string;
  readonly body: Body;
  /** Of the acknowledgement `{ok: true, …}`. */
  readonly answer: Answer;
  /** Beside those that any event can be answered with. */
  readonly errors: readonly ErrorCode[];
  readonly limit: SocketLimit;
  readonly example: { readonly body: z.infer<Body>; readonly answer: z.infer<Answer> };
}

export type BodyOf<C extends ClientEventContract> = z.infer<C['body']>;
export type AnswerOf<C extends ClientEventContract> = z.infer<C['answer']>;

/** Those any client event can be answered with. */
export const COMMON_ERRORS = [
  'VALIDATION_FAILED',
  'RATE_LIMITED',
  'UNAVAILABLE',
  'INTERNAL',
] as const satisfies readonly ErrorCode[];

/** Declares what a client may say. */
export function defineClientEvent<Name extends string, Body extends z.ZodType, Answer extends z.ZodType>(
  name: Name,
  options: Omit<ClientEventContract<Name, Body, Answer>, 'name' | 'errors'> & { errors?: readonly ErrorCode[] },
): ClientEventContract<Name, Body, Answer> {
  return Object.freeze({ errors: [], ...options, name });
}
