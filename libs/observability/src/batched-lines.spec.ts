import { BatchedLines } from './batched-lines';

const writes: string[] = [];
const lines = () => new BatchedLines({ write: (text) => void writes.push(text) });

beforeEach(() => {
  writes.length = 0;
  jest.useFakeTimers();
});
afterEach(() => jest.useRealTimers());

describe('BatchedLines', () => {
  it('writes lines of a quarter of a second at once, in order', () => {
    const batched = lines();
    batched.write('a\n');
    jest.advanceTimersByTime(200);
    batched.write('b\n');
    expect(writes).toEqual([]);
    jest.advanceTimersByTime(50);
    expect(writes).toEqual(['a\nb\n']);
    batched.write('c\n');
    jest.advanceTimersByTime(250);
    expect(writes).toEqual(['a\nb\n', 'c\n']);
  });

  it('holds no more than a batch in memory', () => {
    const batched = lines();
    for (let line = 0; line < 1_000; line++) batched.write(`${'x'.repeat(99)}\n`);
    expect(writes.length).toBeGreaterThan(10);
    expect(writes.join('').length).toBeGreaterThan(90_000);
  });

  it('writes the last lines when the process exits', () => {
    const listeners = process.listeners('exit');
    lines().write('last\n');
    const added = process.listeners('exit').filter((listener) => !listeners.includes(listener));
    for (const listener of added) listener.call(process, 0);
    expect(writes).toEqual(['last\n']);
    for (const listener of added) process.off('exit', listener);
  });
});
