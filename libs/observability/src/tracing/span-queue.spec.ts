import * as api from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { register } from 'prom-client';
import { childOf, sampleTraces, startTrace } from '../trace';
import { readableSpans } from './readable-span';
import { type Collector, SpanQueue } from './span-queue';
import { type FinishedSpan, inSpan, recordSpan, recordSpans, type SpanFacts } from './spans';

const FACTS: SpanFacts = { name: 'work', kind: 'internal', attributes: { 'convene.attempt': 1 } };
/** More than the queue and a batch in flight. */
const MANY = 5_000;

/** Answers as the test says: `undefined` never does. */
class TestCollector implements Collector {
  readonly batches: (readonly FinishedSpan[])[] = [];

  constructor(private readonly answer: 'ok' | 'failed' | undefined) {}

  async export(spans: readonly FinishedSpan[]): Promise<void> {
    this.batches.push(spans);
    if (this.answer === undefined) await new Promise(() => undefined);
    if (this.answer === 'failed') throw new Error('503');
  }

  async shutdown(): Promise<void> {
    if (this.answer === undefined) await new Promise(() => undefined);
  }
}

function open(answer: 'ok' | 'failed' | undefined) {
  const collector = new TestCollector(answer);
  const queue = new SpanQueue(collector);
  recordSpans((span) => queue.add(span));
  sampleTraces(1);
  return { collector, queue };
}

beforeEach(() => register.resetMetrics());

afterEach(() => {
  recordSpans(undefined);
  sampleTraces(0);
});

describe('the queue of spans', () => {
  it('exports spans with their parents, attributes, times and types of errors', async () => {
    const { collector, queue } = open('ok');
    const trace = startTrace();
    const failing = inSpan(childOf(trace), FACTS, () => Promise.reject(new TypeError('ana@example.com')));
    await expect(failing).rejects.toThrow();
    recordSpan(trace, FACTS, 1_500);
    await queue.close(2_000);

    const readable = readableSpans(api, resourceFromAttributes({ 'service.name': 'spec' }));
    const [part, whole] = collector.batches.flat().map(readable) as [ReadableSpan, ReadableSpan];
    expect(whole.spanContext()).toMatchObject({ traceId: trace.traceId, spanId: trace.spanId });
    expect(whole.parentSpanContext).toBeUndefined();
    expect(whole.attributes).toEqual({ 'convene.attempt': 1 });
    expect(whole.duration[0]).toBe(1);
    expect(Math.abs(whole.endTime[0] * 1_000 - Date.now())).toBeLessThan(5_000);
    expect(part.parentSpanContext?.spanId).toBe(trace.spanId);
    // The type and not the message, which can contain an address.
    expect(part.attributes).toEqual({ 'convene.attempt': 1, 'error.type': 'TypeError' });
    expect(part.status.code).toBe(api.SpanStatusCode.ERROR);
    expect(await count('trace_spans_exported_total')).toBe(2);
  });

  it('is bounded, and delays nothing, when the collector never answers', async () => {
    const { collector, queue } = open(undefined);
    const trace = startTrace();
    for (let n = 0; n < MANY; n += 1) recordSpan(trace, FACTS, 1);
    const full = await count('trace_spans_dropped_total', 'queue_full');
    expect(full).toBeGreaterThan(MANY / 2);

    const startedAt = performance.now();
    await queue.close(100);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    // All but the batch whose fate is unknown, which was the only one under way.
    expect(collector.batches).toHaveLength(1);
    expect(await count('trace_spans_dropped_total')).toBe(MANY - (collector.batches[0]?.length ?? 0));
  });

  it('counts the spans that the collector refuses', async () => {
    const { queue } = open('failed');
    recordSpan(startTrace(), FACTS, 1);
    await queue.close(2_000);
    expect(await count('trace_spans_dropped_total', 'export_failed')).toBe(1);
  });

  it('gets no span of a trace that is not sampled', async () => {
    const { collector, queue } = open('ok');
    sampleTraces(0);
    recordSpan(startTrace(), FACTS, 1);
    await queue.close(1_000);
    expect(collector.batches).toEqual([]);
  });
});

async function count(name: string, reason?: string): Promise<number> {
  const { values } = (await register.getSingleMetric(name)?.get()) ?? { values: [] };
  const counted = values.filter(({ labels }) => reason === undefined || labels['reason'] === reason);
  return counted.reduce((sum, { value }) => sum + value, 0);
}
