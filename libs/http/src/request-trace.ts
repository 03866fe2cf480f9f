import type { IncomingMessage } from 'node:http';
import { startTrace, type Trace } from '@convene/observability/trace';

const TRACE = Symbol('trace');

/** The trace of a request, started on the first call: some requests are answered before any hook has run. */
export function traceOf(request: IncomingMessage & { [TRACE]?: Trace }): Trace {
  const given = request.headers.traceparent;
  return (request[TRACE] ??= startTrace(typeof given === 'string' ? given : undefined));
}
