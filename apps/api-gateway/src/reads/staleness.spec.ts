import { Staleness } from './staleness';

it('is unknown, and so without bound, before anything was replayed', () => {
  const lag = new Staleness();
  lag.written(100n, 1_000);
  expect(lag.at(1_000)).toBe(Infinity);
});

it('is the age of the newest position that the replica has reached', () => {
  const lag = new Staleness();
  lag.written(100n, 1_000);
  lag.written(200n, 2_000);
  lag.written(300n, 3_000);
  lag.replayed(250n);
  expect(lag.at(3_500)).toBe(1_500);
  lag.replayed(300n);
  expect(lag.at(3_500)).toBe(500);
});

it('grows while the replica stands still, and not while nothing is written', () => {
  const stuck = new Staleness();
  const calm = new Staleness();
  for (const [at, position] of [
    [0, 100n],
    [1_000, 200n],
    [2_000, 300n],
  ] as const) {
    stuck.written(position, at);
    stuck.replayed(100n);
    calm.written(100n, at);
    calm.replayed(100n);
  }
  expect(stuck.at(2_000)).toBe(2_000);
  expect(calm.at(2_000)).toBe(0);
});
