import { setImmediate as turn } from 'node:timers/promises';
import { TurnBatcher } from './turn-batcher';

const doubled = (items: readonly number[]) => Promise.resolve(items.map((item) => item * 2));
const MANY = { maxWeight: 50 };

it('items of one turn are one batch, whose results are in their order', async () => {
  const work = jest.fn(doubled);
  const batcher = new TurnBatcher(work, MANY);
  const first = batcher.do(1);
  // Still the same turn: promises settle within it.
  await Promise.resolve();
  expect(await Promise.all([first, batcher.do(2), batcher.do(3)])).toEqual([2, 4, 6]);
  expect(work.mock.calls).toEqual([[[1, 2, 3]]]);
});

it('an item of the next turn does not wait for the batch before it', async () => {
  const begun: (readonly number[])[] = [];
  const batcher = new TurnBatcher<number, number>((items) => {
    begun.push(items);
    return begun.length === 1 ? new Promise(() => undefined) : doubled(items);
  }, MANY);
  void batcher.do(1);
  await turn();
  expect(await batcher.do(2)).toBe(4);
  expect(begun).toEqual([[1], [2]]);
});

it('a batch is no heavier than its limit, and a heavier item is a batch of its own', async () => {
  const work = jest.fn(doubled);
  const batcher = new TurnBatcher(work, { maxWeight: 10, weightOf: (item: number) => item });
  expect(await Promise.all([4, 6, 1, 30, 2].map((item) => batcher.do(item)))).toEqual([8, 12, 2, 60, 4]);
  expect(work.mock.calls).toEqual([[[4, 6]], [[1]], [[30]], [[2]]]);
});

it('a failing item fails alone, and the others of its batch succeed', async () => {
  const work = jest.fn((items: readonly number[]) =>
    items.includes(2) ? Promise.reject(new Error('no twos')) : doubled(items),
  );
  const batcher = new TurnBatcher(work, MANY);
  expect(await Promise.allSettled([1, 2, 3].map((item) => batcher.do(item)))).toEqual([
    { status: 'fulfilled', value: 2 },
    { status: 'rejected', reason: new Error('no twos') },
    { status: 'fulfilled', value: 6 },
  ]);
  expect(work.mock.calls).toEqual([[[1, 2, 3]], [[1]], [[2]], [[3]]]);
});
