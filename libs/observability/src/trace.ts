import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

/** A W3C trace context: starts with the HTTP request and follows an event through every process to the socket frame. */
export interface Trace {
  readonly traceId: string;
  readonly spanId: string;
  /** https://www.w3.org/TR/trace-context/#traceparent-header */
  readonly traceparent: string;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const ZERO = /^0+$/;

/** The context of a request or message. One store: each additional one is copied along with every promise. */
interface Ambient {
  readonly trace: Trace;
  readonly network: string | undefined;
}

const storage = new AsyncLocalStorage<Ambient>();
let ambient = true;

/**
 * Disables current traces in this process. From the first `runInTrace` on, Node 20 tracks every promise, timer and write of
 * the process, which costs a ws-gateway a quarter of its deliveries (docs/bench.md).
 */
export function disableAmbientTraces(): void {
  ambient = false;
}

/** Continues the given trace with a new span, or starts a trace when it is absent or malformed. */
export function startTrace(traceparent?: string): Trace {
  const [, given, parent] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  const valid = given !== undefined && parent !== undefined && !ZERO.test(given) && !ZERO.test(parent);
  const traceId = valid ? given : randomHex(16);
  const spanId = randomHex(8);
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

/** @param network of the client for which the work is done: security records contain it. */
export function runInTrace<T>(trace: Trace, work: () => T, network?: string): T {
  return ambient ? storage.run({ trace, network }, work) : work();
}

export function currentTrace(): Trace | undefined {
  return storage.getStore()?.trace;
}

export function currentNetwork(): string | undefined {
  return storage.getStore()?.network;
}

/** The trace id of a stored traceparent, for frames and logs. */
export function traceIdOf(traceparent: string | null | undefined): string | undefined {
  return TRACEPARENT.exec(traceparent ?? '')?.[1];
}

/** Random bytes that are not used yet: a call of the generator costs more than all else that starts a trace. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
