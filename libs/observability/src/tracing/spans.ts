import { childOf, continueTrace, currentTrace, type Trace } from '../trace';
import { now } from './clock';

export interface SpanFacts {
  /** Few different ones: never an id, nor a path. */
  readonly name: string;
  readonly kind: 'server' | 'internal' | 'producer' | 'consumer';
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

export interface FinishedSpan extends SpanFacts {
  readonly trace: Trace;
  /** Milliseconds since 1970, with fractions. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Why the work failed. */
  readonly error?: string;
}

/** Takes finished spans without delay, and never throws. */
export type SpanRecorder = (span: FinishedSpan) => void;

let recorder: SpanRecorder | undefined;

/** The end of a traceparent that this system writes for a sampled trace. */
const SAMPLED = '-01';

/** Undefined: nothing is recorded, and no span is made. */
export function recordSpans(by: SpanRecorder | undefined): void {
  recorder = by;
}

/** Whether a span of this trace would be recorded: what is only for spans is done only then. */
export function isRecorded(trace: Trace | undefined): trace is Trace {
  return recorder !== undefined && trace?.sampled === true;
}

/** Records work that is over. */
export function recordSpan(trace: Trace, facts: SpanFacts, durationMs: number, error?: string): void {
  if (!recorder || !trace.sampled) return;
  const endedAt = now();
  recorder({ ...facts, trace, startedAt: endedAt - durationMs, endedAt, ...(error !== undefined && { error }) });
}

/** The next span of a trace of this system, given by a stored traceparent; undefined when it would not be recorded. */
export function recordedTrace(traceparent: string | null | undefined): Trace | undefined {
  return recorder && traceparent?.endsWith(SAMPLED) ? continueTrace(traceparent) : undefined;
}

/** The next span of the current trace; undefined when it would not be recorded. */
export function nextSpan(): Trace | undefined {
  const trace = currentTrace();
  return isRecorded(trace) ? childOf(trace) : undefined;
}

/** Records `work` as the span `trace`, also when it fails. */
export async function inSpan<T>(trace: Trace, facts: SpanFacts, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  try {
    const result = await work();
    recordSpan(trace, facts, performance.now() - startedAt);
    return result;
  } catch (error) {
    recordSpan(trace, facts, performance.now() - startedAt, typeOf(error));
    throw error;
  }
}

/** Its code or class. Not its message, which can name an address or a value. */
function typeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
}
