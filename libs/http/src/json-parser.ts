import { ConveneError } from '@convene/contracts/errors';
import type { IncomingMessage } from 'node:http';

type Done = (error: Error | null, body?: unknown) => void;

/** Keys through which a body could reach an object's prototype. */
const POISON = new Set(['__proto__', 'constructor', 'prototype']);

/** JSON, where an empty body is none: many clients name the type of a body they do not send. */
export function jsonParser(_request: { raw: IncomingMessage }, body: string | Buffer, done: Done): void {
  const text = body.toString();
  if (text.trim() === '') return done(null, undefined);
  try {
    done(
      null,
      JSON.parse(text, (key, value: unknown) => (POISON.has(key) ? undefined : value)),
    );
  } catch (cause) {
    done(new ConveneError('MALFORMED_JSON', undefined, { cause }));
  }
}
