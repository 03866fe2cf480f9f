import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { FinishedSpan } from './spans';

type Api = typeof import('@opentelemetry/api');

const SCOPE = { name: 'convene' };

/** @returns what gives a finished span the form that exporters take. */
export function readableSpans(api: Api, resource: Resource): (span: FinishedSpan) => ReadableSpan {
  const { SpanKind, SpanStatusCode, TraceFlags } = api;
  const kinds = {
    server: SpanKind.SERVER,
    internal: SpanKind.INTERNAL,
    producer: SpanKind.PRODUCER,
    consumer: SpanKind.CONSUMER,
  };
  const contextOf = (traceId: string, spanId: string) => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED });
  return ({ name, kind, trace: { traceId, spanId, parentSpanId }, startedAt, endedAt, attributes, error }) => ({
    name,
    kind: kinds[kind],
    spanContext: () => contextOf(traceId, spanId),
    ...(parentSpanId && { parentSpanContext: contextOf(traceId, parentSpanId) }),
    startTime: hrTime(startedAt),
    endTime: hrTime(endedAt),
    duration: hrTime(endedAt - startedAt),
    ended: true,
    status: { code: error === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR },
    attributes: error === undefined ? attributes : { ...attributes, 'error.type': error },
    links: [],
    events: [],
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  });
}

/** Seconds and nanoseconds. */
function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.floor((ms - seconds * 1_000) * 1_000_000)];
}
