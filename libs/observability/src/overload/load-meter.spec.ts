import { LoadMeter, type WindowLoad } from './load-meter';

interface Bounds {
  lagMs?: number;
  poolMs?: number;
}

/** Feeds a meter with samples that come so many ms late, and returns the windows that end. */
function measure(lateness: readonly number[], { lagMs = 100, poolMs = 0 }: Bounds = {}, poolWaitMs = 0): WindowLoad[] {
  const meter = new LoadMeter(
    [
      { reason: 'event_loop_lag', boundMs: lagMs, read: (lateMs) => lateMs },
      { reason: 'pool_wait', boundMs: poolMs, read: () => poolWaitMs },
    ],
    0,
  );
  let now = 0;
  return lateness.flatMap((lateMs) => {
    now += 100 + lateMs;
    return meter.sample(now) ?? [];
  });
}
const times = (count: number, lateMs: number) => Array.from({ length: count }, () => lateMs);

describe('the load meter', () => {
  it('measures the lag of the event loop in windows of a second', () => {
    expect(measure(times(25, 0))).toEqual([
      { reason: 'event_loop_lag', load: 0 },
      { reason: 'event_loop_lag', load: 0 },
    ]);
    expect(measure(times(8, 150))).toEqual(times(2, 1.5).map((load) => ({ reason: 'event_loop_lag', load })));
  });

  it('does not count a single long pause among ordinary turns', () => {
    expect(measure([...times(5, 0), 450, ...times(4, 0)])).toEqual([{ reason: 'event_loop_lag', load: 0 }]);
  });

  it('counts a suspended process as one window, however long', () => {
    const loads = measure([...times(10, 0), 60_000, ...times(10, 0)]).map(({ load }) => load);
    expect(loads).toEqual([0, 600, 0]);
  });

  it('answers the signal that is furthest over its bound', () => {
    const bounds = { lagMs: 100, poolMs: 1_000 };
    expect(measure(times(6, 150), bounds, 2_000)[0]).toEqual({ reason: 'pool_wait', load: 2 });
    expect(measure(times(6, 150), bounds, 1_000)[0]).toEqual({ reason: 'event_loop_lag', load: 1.5 });
  });

  it('ignores a signal whose bound is 0, and is off without any', () => {
    expect(measure(times(10, 0), { lagMs: 100, poolMs: 0 }, 9_000)).toEqual([{ reason: 'event_loop_lag', load: 0 }]);
    expect(new LoadMeter([{ reason: 'pool_wait', boundMs: 0, read: () => 1 }], 0).isOff).toBe(true);
  });
});
