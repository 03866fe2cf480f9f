import { setImmediate as turn } from 'node:timers/promises';
import { Waves } from './waves';

/** Work that begins when its wave does, and ends when the test says so. */
class Work {
  begun = false;
  end: () => void = () => undefined;
  fail: (error: Error) => void = () => undefined;

  readonly run = (): Promise<void> => {
    this.begun = true;
    return new Promise((resolve, reject) => ([this.end, this.fail] = [resolve, reject]));
  };
}

const works = (count: number) => Array.from({ length: count }, () => new Work());
const begun = (all: Work[]) => all.map((work) => work.begun);

let waves: Waves;
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  waves = new Waves();
});
afterEach(() => jest.useRealTimers());

it('messages of one turn begin together, in the next turn', async () => {
  const all = works(3);
  for (const work of all) void waves.run(work.run);
  expect(begun(all)).toEqual([false, false, false]);
  await turn();
  expect(begun(all)).toEqual([true, true, true]);
});

it('messages that arrive while a wave is in work begin together when all of it is over', async () => {
  const [first, second, third, fourth] = works(4) as [Work, Work, Work, Work];
  const ends = [first, second].map((work) => waves.run(work.run));
  await turn();
  void waves.run(third.run);
  first.end();
  await turn();
  void waves.run(fourth.run);
  await turn();
  expect(begun([third, fourth])).toEqual([false, false]);
  second.fail(new Error('a failure is an end'));
  await expect(Promise.all(ends)).rejects.toThrow('a failure is an end');
  await turn();
  expect(begun([third, fourth])).toEqual([true, true]);
});

it('a wave that takes long does not hold back the messages after it', async () => {
  const [stuck, next, last] = works(3) as [Work, Work, Work];
  void waves.run(stuck.run);
  await turn();
  void waves.run(next.run);
  await jest.advanceTimersByTimeAsync(20);
  await turn();
  expect(next.begun).toBe(true);
  // And its end does not end the wave that is in work now.
  void waves.run(last.run);
  stuck.end();
  await turn();
  await turn();
  expect(last.begun).toBe(false);
  next.end();
  await turn();
  await turn();
  expect(last.begun).toBe(true);
});

it('work that throws before it has begun fails alone: its wave goes on, and so does the process', async () => {
  const [next, last] = works(2) as [Work, Work];
  const failed = waves.run(() => {
    throw new Error('at once');
  });
  const ends = waves.run(next.run);
  await expect(failed).rejects.toThrow('at once');
  expect(next.begun).toBe(true);
  next.end();
  await ends;
  void waves.run(last.run);
  await turn();
  await turn();
  expect(last.begun).toBe(true);
});
