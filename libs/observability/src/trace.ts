import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

/** A W3C trace context: starts with the HTTP request and follows an event through every process to the socket frame. */
export interface Trace {
  readonly traceId: string;
  readonly spanId: string;
  /** The span that caused this one; undefined where the trace starts. */
  readonly parentSpanId: string | undefined;
  /** Whether its spans are recorded. Decided where the trace starts, and carried with it to its end. */
  readonly sampled: boolean;
  /** https://www.w3.org/TR/trace-context/#traceparent-header */
  readonly traceparent: string;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
/** https://www.w3.org/TR/trace-context/#sampled-flag */
const SAMPLED = 1;
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

/** The part of the traces that start here whose spans are recorded, 0 to 1. */
let sampledRatio = 0;

/** @param ratio 0 until it is called: without an exporter no span is made. */
export function sampleTraces(ratio: number): void {
  sampledRatio = ratio;
}

/**
 * Starts a trace, under the id of a caller that sends one. The caller's sampled flag is ignored (docs/adr/0047): otherwise
 * any client could have every span of its requests recorded.
 */
export function startTrace(traceparent?: string): Trace {
  const given = parse(traceparent);
  return newTrace(given?.traceId ?? randomHex(16), given?.spanId, isSampled());
}

/** Continues the trace of a message of this system with a new span, or starts one when it is absent or malformed. */
export function continueTrace(traceparent: string | null | undefined): Trace {
  const given = parse(traceparent);
  return given ? newTrace(given.traceId, given.spanId, given.sampled) : startTrace();
}

/** A span that the given one causes. */
export function childOf({ traceId, spanId, sampled }: Trace): Trace {
  return newTrace(traceId, spanId, sampled);
}

/** Another span with the same cause. */
export function siblingOf({ traceId, parentSpanId, sampled }: Trace): Trace {
  return newTrace(traceId, parentSpanId, sampled);
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

function parse(traceparent: string | null | undefined) {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (ZERO.test(traceId) || ZERO.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

function newTrace(traceId: string, parentSpanId: string | undefined, sampled: boolean): Trace {
  const spanId = randomHex(8);
  return { traceId, spanId, parentSpanId, sampled, traceparent: `00-${traceId}-${spanId}-${sampled ? '01' : '00'}` };
}

/** Drawn, and not derived from the id of the trace, which a client can choose. */
const isSampled = () => sampledRatio > 0 && Math.random() < sampledRatio;

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
