import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { ConveneError } from '@convene/contracts/errors';

type Done = (error: Error | null, body?: unknown) => void;

/** Keys with which a body could change an object's prototype. */
const POISON = new Set(['__proto__', 'constructor', 'prototype']);

const ENCODED = 'Send the body as application/json in UTF-8, without a Content-Encoding';

/** Parses JSON; an empty body is undefined, because many clients send a content type without a body. */
export function jsonParser({ raw }: { raw: IncomingMessage }, body: string | Buffer, done: Done): void {
  if (!isPlainUtf8(raw.headers)) return done(new ConveneError('UNSUPPORTED_MEDIA_TYPE', ENCODED));
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

/** A compressed body, or one in another character set, would otherwise be reported as malformed JSON. */
function isPlainUtf8(headers: IncomingHttpHeaders): boolean {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1];
  const encoding = headers['content-encoding'] ?? 'identity';
  return encoding === 'identity' && (charset === undefined || /^(utf-?8|us-ascii)$/i.test(charset));
}
