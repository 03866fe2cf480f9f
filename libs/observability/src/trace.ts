import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** A W3C trace context: starts with the HTTP request and follows an event through every process to the socket frame. */
export interface Trace {
  readonly traceId: string;
  readonly spanId: string;
  /** https://www.w3.org/TR/trace-context/#traceparent-header */
  readonly traceparent: string;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const ZERO = /^0+$/;
const storage = new AsyncLocalStorage<Trace>();
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
  const traceId = valid ? given : randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

export function runInTrace<T>(trace: Trace, work: () => T): T {
  return ambient ? storage.run(trace, work) : work();
}

export function currentTrace(): Trace | undefined {
  return storage.getStore();
}

/** The trace id of a stored traceparent, for frames and logs. */
export function traceIdOf(traceparent: string | null | undefined): string | undefined {
  return TRACEPARENT.exec(traceparent ?? '')?.[1];
}
