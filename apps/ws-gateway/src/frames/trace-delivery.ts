import type { Trace } from '@convene/observability/trace';
import { recordSpan } from '@convene/observability/tracing/spans';
import type { ArrivedFrame } from '@convene/realtime/frames';

/**
 * Records the delivery of a frame to the sockets of this process.
 * @param deliver returns the number of sockets; undefined when no client of this process is concerned.
 */
export async function traceDelivery(
  trace: Trace,
  { event, frame }: ArrivedFrame,
  deliver: () => Promise<number | undefined> | number | undefined,
): Promise<void> {
  const startedAt = performance.now();
  const sockets = await deliver();
  if (sockets === undefined) return;
  const eventId = frame.eventId ?? frame.id;
  const attributes = {
    'messaging.system': 'redis',
    ...(typeof eventId === 'string' && { 'messaging.message.id': eventId }),
    'convene.sockets': sockets,
  };
  recordSpan(trace, { name: `deliver ${event}`, kind: 'consumer', attributes }, performance.now() - startedAt);
}
