import { decideReach, type Unreached } from './reach';

const one = (seq: number, more: Partial<Unreached> = {}): Unreached => ({
  seq,
  ageMs: 60_000,
  settled: false,
  muted: false,
  ...more,
});
const young = { ageMs: 1_000 };
const decide = (unreached: Unreached[], unreachable?: string, head = unreached.at(-1)?.seq ?? 9) =>
  decideReach(unreached, head, { afterMs: 10_000, unreachable });

it('the decision covers all notifications in one mail, recent ones included', () => {
  expect(decide([one(1), one(2, young), one(3, young)])).toEqual({ upTo: 3, withheld: [], send: [1, 2, 3] });
});

it('the decision waits until the oldest undecided notification is old enough', () => {
  expect(decide([one(1, { settled: true }), one(2, young)])).toEqual({ upTo: 1, withheld: [], send: [] });
});

it('the decision ignores notifications that are settled or deleted', () => {
  expect(decide([one(1, { settled: true }), one(2, { settled: true, muted: true })])).toEqual({
    upTo: 2,
    withheld: [],
    send: [],
  });
  expect(decide([])).toEqual({ upTo: 9, withheld: [], send: [] });
});

it('the decision withholds muted notifications once', () => {
  const muted = [{ seq: 1, reason: 'muted' }];
  expect(decide([one(1, { muted: true }), one(2)])).toEqual({ upTo: 2, withheld: muted, send: [2] });
  expect(decide([one(1, { muted: true }), one(2, young), one(3, { muted: true })])).toEqual({
    upTo: 1,
    withheld: muted,
    send: [],
  });
});

it('the decision withholds all notifications of an unreachable user, with the reason', () => {
  expect(decide([one(1, { muted: true }), one(2)], 'unverified')).toEqual({
    upTo: 2,
    withheld: [
      { seq: 1, reason: 'muted' },
      { seq: 2, reason: 'unverified' },
    ],
    send: [],
  });
});
