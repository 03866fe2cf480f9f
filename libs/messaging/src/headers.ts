import type { MessagePropertyHeaders } from 'amqplib';

/** What we say about a message beside its body. Attempts are counted here alone. */
export interface DeliveryHeaders {
  traceparent?: string;
  /** 1 for the first. */
  attempt: number;
  /** How often it came back because something beneath us was unhealthy; these are no attempts. */
  waits?: number;
  /** Which message of the event it is, where there are several: absent on the relay's, drawn by each sweep. */
  chain?: string;
  /** Only this reaction runs again; absent on a message's first delivery, which runs all. */
  reaction?: string;
  /** ISO 8601: when the message was first tried. */
  firstSeenAt?: string;
  /** Why the last attempt failed. */
  error?: string;
}

const NAMES = {
  attempt: 'x-convene-attempt',
  waits: 'x-convene-waits',
  chain: 'x-convene-chain',
  reaction: 'x-convene-reaction',
  firstSeenAt: 'x-convene-first-seen',
  error: 'x-convene-error',
} as const;

/** Header values are short: an error is cut here, the log has it whole. */
const MAX_ERROR = 2_000;

export function writeHeaders(headers: DeliveryHeaders): Record<string, unknown> {
  return {
    ...(headers.traceparent && { traceparent: headers.traceparent }),
    [NAMES.attempt]: headers.attempt,
    ...(headers.waits && { [NAMES.waits]: headers.waits }),
    ...(headers.chain && { [NAMES.chain]: headers.chain }),
    ...(headers.reaction && { [NAMES.reaction]: headers.reaction }),
    ...(headers.firstSeenAt && { [NAMES.firstSeenAt]: headers.firstSeenAt }),
    ...(headers.error && { [NAMES.error]: headers.error.slice(0, MAX_ERROR) }),
  };
}

export function readHeaders(raw: MessagePropertyHeaders | undefined): DeliveryHeaders {
  const text = (name: string) => (typeof raw?.[name] === 'string' ? raw[name] : undefined);
  const count = (name: string, fallback: number) => {
    const value = Number(raw?.[name] ?? fallback);
    return Number.isInteger(value) && value > 0 ? value : fallback;
  };
  const waits = count(NAMES.waits, 0);
  const [traceparent, chain, reaction] = [text('traceparent'), text(NAMES.chain), text(NAMES.reaction)];
  const [firstSeenAt, error] = [text(NAMES.firstSeenAt), text(NAMES.error)];
  return {
    attempt: count(NAMES.attempt, 1),
    ...(waits && { waits }),
    ...(traceparent && { traceparent }),
    ...(chain && { chain }),
    ...(reaction && { reaction }),
    ...(firstSeenAt && { firstSeenAt }),
    ...(error && { error }),
  };
}
