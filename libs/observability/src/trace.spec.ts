import { currentTrace, runInTrace, startTrace, traceIdOf } from './trace';

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
});
