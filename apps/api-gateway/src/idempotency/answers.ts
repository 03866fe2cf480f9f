import { z } from 'zod';
import type { Secrets } from '@convene/auth/purpose-key';
import { Sealer } from '@convene/auth/sealed';
import { StoredAnswer } from '@convene/http/stored-answer';

const Answer = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  body: z.string(),
});
export type Answer = z.infer<typeof Answer>;

const REPLAYED = { 'idempotent-replay': 'true', 'cache-control': 'no-store' };

/** Answers as they are stored: without cookies and tokens (`RouteContract.credential`), sealed for their personal data. */
export class Answers {
  private readonly sealer: Sealer;

  constructor(secrets: Secrets) {
    this.sealer = new Sealer(secrets, 'idempotency');
  }

  seal(answer: Answer): string {
    return this.sealer.seal(JSON.stringify(answer));
  }

  /** The stored answer, marked as a replay. */
  open(sealed: string): StoredAnswer {
    const { status, headers, body } = Answer.parse(JSON.parse(this.sealer.open(sealed)));
    return new StoredAnswer(status, { ...headers, ...REPLAYED }, body);
  }

  fingerprint(text: string): string {
    return this.sealer.fingerprint(text);
  }

  fingerprints(text: string): string[] {
    return this.sealer.fingerprints(text);
  }
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** @param value The result of a handler: undefined for a route without a body. */
export function jsonAnswer(status: number, value: unknown, headers: Answer['headers'] = {}): Answer {
  const body = value === undefined ? '' : JSON.stringify(value);
  return { status, headers: { ...(body && { 'content-type': JSON_TYPE }), ...headers }, body };
}
