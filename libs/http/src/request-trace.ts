import { startTrace, type Trace } from '@convene/observability/trace';
import type { IncomingMessage } from 'node:http';

const traces = new WeakMap<IncomingMessage, Trace>();

/** The trace of a request, begun at its first mention: some are answered before any hook of ours has run. */
export function traceOf(request: IncomingMessage): Trace {
  let trace = traces.get(request);
  if (!trace) {
    const given = request.headers.traceparent;
    trace = startTrace(typeof given === 'string' ? given : undefined);
    traces.set(request, trace);
  }
  return trace;
}
