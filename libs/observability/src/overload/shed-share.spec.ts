import { ShedShare } from './shed-share';

const after = (...loads: number[]) => {
  const share = new ShedShare();
  return loads.map((load) => {
    share.observe(load);
    return Number(share.value.toFixed(2));
  });
};
const times = (count: number, load: number) => Array.from({ length: count }, () => load);

describe('the shed share', () => {
  it('stays 0 until three windows in a row are over the bound', () => {
    expect(after(9, 9, 0.9, 9, 9, 1, 9, 9, 0)).toEqual(times(9, 0));
    expect(after(2, 2, 2)).toEqual([0, 0, 0.25]);
  });

  it('grows with every further window over the bound, up to 95 %', () => {
    expect(after(...times(7, 2))).toEqual([0, 0, 0.25, 0.44, 0.58, 0.68, 0.76]);
    expect(after(...times(50, 2)).at(-1)).toBe(0.95);
  });

  it('falls by 10 % with every calm window, down to 0', () => {
    expect(after(...times(3, 2), ...times(7, 0)).slice(3)).toEqual([0.15, 0.05, 0, 0, 0, 0, 0]);
    expect(after(...times(50, 2), ...times(10, 0)).at(-1)).toBe(0);
  });

  it('stays between half of the bound and the bound', () => {
    expect(after(2, 2, 2, ...times(5, 0.95), ...times(5, 0.55))).toEqual([0, 0, ...times(11, 0.25)]);
  });

  it('grows again with the first window over the bound, as long as it is not 0', () => {
    expect(after(2, 2, 2, 0, 2, 0)).toEqual([0, 0, 0.25, 0.15, 0.36, 0.26]);
  });

  it('does not grow while the queue drains', () => {
    expect(after(10, 10, 10, 8, 6, 4, 2)).toEqual([0, 0, ...times(5, 0.25)]);
  });
});

/** A queue that serves 100 a second, and the waits, relative to a bound of one second, that it measures. */
function simulate(offered: readonly number[]) {
  const share = new ShedShare();
  let queue = 0;
  return offered.map((arrivals) => {
    queue += arrivals * (1 - share.value);
    const served = Math.min(queue, 100);
    queue -= served;
    share.observe(queue / 100);
    return { served, waitS: queue / 100, share: share.value };
  });
}

describe('a queue at three times its capacity', () => {
  const OVERLOAD = 120;
  const seconds = simulate([...times(OVERLOAD, 300), ...times(30, 50)]);

  it('serves at 95 % of its capacity', () => {
    const served = seconds.slice(0, OVERLOAD).reduce((sum, second) => sum + second.served, 0);
    expect(served / OVERLOAD).toBeGreaterThan(95);
  });

  it('has a bounded wait: the queue of the first seconds, then little more than the bound', () => {
    expect(Math.max(...seconds.map(({ waitS }) => waitS))).toBeLessThan(10);
    expect(Math.max(...seconds.slice(30, OVERLOAD).map(({ waitS }) => waitS))).toBeLessThan(2);
  });

  it('refuses nothing soon after the overload, and nothing at its capacity', () => {
    expect(seconds.at(-1)?.share).toBe(0);
    expect(simulate(times(60, 100)).map(({ share }) => share)).toEqual(times(60, 0));
  });
});
