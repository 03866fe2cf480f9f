import { currentTrace, runInTrace, siblingOf } from '@convene/observability/trace';
import { inSpan, isRecorded, type SpanFacts } from '@convene/observability/tracing/spans';
import type { Middleware } from './pipeline';
import type { Attempt } from './reaction';

/** Each attempt at a reaction is a span, caused by the publication of its message. */
export const traceAttempt: Middleware<Attempt> = async (attempt, next) => {
  const message = currentTrace();
  if (!isRecorded(message)) return next();
  const trace = siblingOf(message);
  await inSpan(trace, factsOf(attempt), () => runInTrace(trace, next));
};

function factsOf({ queue, event, headers, reaction }: Attempt): SpanFacts {
  const attributes = {
    'messaging.system': 'rabbitmq',
    'messaging.destination.name': queue,
    'messaging.message.id': event.id,
    'convene.event.type': event.type,
    'convene.attempt': headers.attempt,
    'convene.waits': headers.waits ?? 0,
  };
  return { name: `react ${reaction.name}`, kind: 'consumer', attributes };
}
