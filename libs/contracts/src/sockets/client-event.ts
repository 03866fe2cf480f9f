import type { z } from 'zod';
import type { ErrorCode } from '../error-codes';

/** `points` events in `seconds`, per user over all devices and nodes. */
export interface SocketLimit {
  readonly points: number;
  readonly seconds: number;
}

/** The contract of a client event: its name, types, validation, limit and documentation. */
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
  /** In addition to the errors that every event can return. */
  readonly errors: readonly ErrorCode[];
  readonly limit: SocketLimit;
  readonly example: { readonly body: z.infer<Body>; readonly answer: z.infer<Answer> };
}

export type BodyOf<C extends ClientEventContract> = z.infer<C['body']>;
export type AnswerOf<C extends ClientEventContract> = z.infer<C['answer']>;

/** The errors that every client event can return. */
export const COMMON_ERRORS = [
  'VALIDATION_FAILED',
  'RATE_LIMITED',
  'UNAVAILABLE',
  'INTERNAL',
] as const satisfies readonly ErrorCode[];

/** Declares a client event. */
export function defineClientEvent<Name extends string, Body extends z.ZodType, Answer extends z.ZodType>(
  name: Name,
  options: Omit<ClientEventContract<Name, Body, Answer>, 'name' | 'errors'> & { errors?: readonly ErrorCode[] },
): ClientEventContract<Name, Body, Answer> {
  return Object.freeze({ errors: [], ...options, name });
}
