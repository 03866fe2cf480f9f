import { currentTrace } from '@convene/observability/trace';
import { inSpan, nextSpan } from '@convene/observability/tracing/spans';

/** Of one event, or of one chunk of a large audience: a span for every recipient would cost more than their frames. */
const MAX_TRACED_DELIVERIES = 5;

/**
 * Publishes frames of the current trace, in a recorded one as a span. A gateway records the delivery of the first few.
 * @param publish gets the traceparent of each frame from `next`.
 */
export async function traceFrames(
  frames: number,
  publish: (next: () => string | undefined) => Promise<void>,
): Promise<void> {
  const span = nextSpan();
  if (!span) {
    const traceparent = currentTrace()?.traceparent;
    return publish(() => traceparent);
  }
  const attributes = { 'messaging.system': 'redis', 'convene.frames': frames };
  const unrecorded = `00-${span.traceId}-${span.spanId}-00`;
  let left = MAX_TRACED_DELIVERIES;
  await inSpan(span, { name: 'publish frames', kind: 'producer', attributes }, () =>
    publish(() => (left-- > 0 ? span.traceparent : unrecorded)),
  );
}
