import {
  childOf,
  continueTrace,
  currentTrace,
  runInTrace,
  sampleTraces,
  siblingOf,
  startTrace,
  traceIdOf,
} from './trace';

afterEach(() => sampleTraces(0));

describe('trace', () => {
  it('continues a given trace with a new span', () => {
    const given = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const trace = startTrace(given);
    expect(trace.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(trace.spanId).not.toBe('b7ad6b7169203331');
    expect(traceIdOf(trace.traceparent)).toBe(trace.traceId);
  });

  it.each([undefined, '', 'nonsense', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`])(
    'starts a new trace for %p',
    (given) => {
      expect(startTrace(given).traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(startTrace(given).traceId).not.toBe('0'.repeat(32));
    },
  );

  it('gives every trace and span an id of its own', () => {
    const ids = Array.from({ length: 2_000 }, () => startTrace()).flatMap(({ traceId, spanId }) => [traceId, spanId]);
    expect(new Set(ids).size).toBe(4_000);
  });

  it('is visible to the code inside, across awaits, and to no other', async () => {
    const trace = startTrace();
    await runInTrace(trace, async () => {
      await Promise.resolve();
      expect(currentTrace()).toBe(trace);
    });
    expect(currentTrace()).toBeUndefined();
  });

  it('holds the decision to sample to the end', () => {
    sampleTraces(1);
    const request = startTrace();
    sampleTraces(0);
    const message = continueTrace(childOf(request).traceparent);
    expect([request.sampled, message.sampled, siblingOf(message).sampled]).toEqual([true, true, true]);
    sampleTraces(1);
    expect(continueTrace(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`).sampled).toBe(false);
  });

  it('does not let a caller decide that its spans are recorded', () => {
    const sampled = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    expect(startTrace(sampled)).toMatchObject({
      traceId: 'a'.repeat(32),
      parentSpanId: 'b'.repeat(16),
      sampled: false,
    });
    expect(startTrace(sampled).traceparent).toMatch(/-00$/);
  });

  it('samples the given ratio of traces', () => {
    sampleTraces(0.25);
    const sampled = Array.from({ length: 4_000 }, () => startTrace()).filter((trace) => trace.sampled);
    expect(sampled.length).toBeGreaterThan(800);
    expect(sampled.length).toBeLessThan(1_200);
  });

  it('names the cause of each span', () => {
    const request = startTrace();
    const commit = childOf(request);
    expect([request.parentSpanId, commit.parentSpanId]).toEqual([undefined, request.spanId]);
    const sibling = siblingOf(commit);
    expect(sibling.parentSpanId).toBe(request.spanId);
    expect(sibling.spanId).not.toBe(commit.spanId);
  });
});
