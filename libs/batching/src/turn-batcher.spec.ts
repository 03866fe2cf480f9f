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

it.each([
  ['the connection is lost', Object.assign(new Error('Connection terminated unexpectedly'), { code: '08006' })],
  ['the statement takes too long', Object.assign(new Error('canceling statement'), { code: '57014' })],
  ['the pool is exhausted', new Error('All 10 database connections stayed busy for 10 s')],
])('a batch is not done again when %s: each item gets the error, at once', async (_, error) => {
  const work = jest.fn(() => Promise.reject(error));
  const batcher = new TurnBatcher<number, number>(work, MANY);
  const settled = await Promise.allSettled([1, 2, 3].map((item) => batcher.do(item)));
  expect(settled).toEqual([1, 2, 3].map(() => ({ status: 'rejected', reason: error })));
  expect(work.mock.calls).toEqual([[[1, 2, 3]]]);
});

it('a batch that a lock held up is divided by what its items lock, and then by item', async () => {
  const held = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
  const work = jest.fn((items: readonly string[]) =>
    items.length > 1 && items.includes('b1') ? Promise.reject(held) : Promise.resolve(items),
  );
  const batcher = new TurnBatcher(work, { ...MANY, lockOf: (item: string) => item.charAt(0) });
  expect(await Promise.all(['a1', 'b1', 'a2', 'b2', 'c1'].map((item) => batcher.do(item)))).toHaveLength(5);
  expect(work.mock.calls).toEqual([
    [['a1', 'b1', 'a2', 'b2', 'c1']],
    [['a1', 'a2']],
    [['b1', 'b2']],
    [['c1']],
    [['b1']],
    [['b2']],
  ]);
});

it('items that come while others wait for the same lock wait in line, and are one batch after them', async () => {
  const held = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const work = jest.fn(async (items: readonly string[]) => {
    if (new Set(items.map((item) => item.charAt(0))).size > 1) throw held;
    if (items.includes('b1')) await released;
    return items;
  });
  const batcher = new TurnBatcher(work, { ...MANY, lockOf: (item: string) => item.charAt(0) });
  const [first, a1] = [batcher.do('b1'), batcher.do('a1')];
  expect(await a1).toBe('a1');
  const later = [batcher.do('b2'), batcher.do('b3')];
  expect(await batcher.do('a2')).toBe('a2');
  const last = batcher.do('b4');
  await turn();
  expect(work.mock.calls).toEqual([[['b1', 'a1']], [['b1']], [['a1']], [['a2']]]);
  release();
  expect(await Promise.all([first, ...later, last])).toEqual(['b1', 'b2', 'b3', 'b4']);
  expect(work.mock.calls.slice(4)).toEqual([[['b2', 'b3', 'b4']]]);
});
