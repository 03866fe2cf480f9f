import type { IncomingMessage } from 'node:http';
import { startTrace, type Trace } from '@convene/observability/trace';

const traces = new WeakMap<IncomingMessage, Trace>();

/** The trace of a request, started on the first call: some requests are answered before any hook has run. */
export function traceOf(request: IncomingMessage): Trace {
  let trace = traces.get(request);
  if (!trace) {
    const given = request.headers.traceparent;
    trace = startTrace(typeof given === 'string' ? given : undefined);
    traces.set(request, trace);
  }
  return trace;
}
