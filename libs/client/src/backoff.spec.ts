import fc from 'fast-check';
import { backoffMs } from './backoff';

it('the backoff doubles its bound from half a second to half a minute, with full jitter', () => {
  const bounds = [0, 1, 2, 5, 6, 60, 2_000].map((attempt) => backoffMs(attempt, () => 1));
  expect(bounds).toEqual([500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000]);
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (attempt, share) => {
      const ms = backoffMs(attempt, () => share);
      return Math.abs(ms - share * backoffMs(attempt, () => 1)) <= 0.5;
    }),
  );
});
