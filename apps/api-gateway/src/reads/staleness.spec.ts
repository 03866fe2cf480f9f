import { Staleness } from './staleness';

it('the staleness of a replica is unknown, and unbounded, before it replays anything', () => {
  const lag = new Staleness();
  lag.written(100n, 1_000);
  expect(lag.at(1_000)).toBe(Infinity);
});

it('the staleness of a replica is the age of the newest position that it has reached', () => {
  const lag = new Staleness();
  lag.written(100n, 1_000);
  lag.written(200n, 2_000);
  lag.written(300n, 3_000);
  lag.replayed(250n);
  expect(lag.at(3_500)).toBe(1_500);
  lag.replayed(300n);
  expect(lag.at(3_500)).toBe(500);
});

it('the staleness of a replica grows while it stops replaying, and not while nothing is written', () => {
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
