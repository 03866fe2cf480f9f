import { Waker } from './waker';

describe('Waker', () => {
  it('ends a sleep at once', async () => {
    const waker = new Waker();
    const slept = waker.sleep(60_000);
    waker.wake();
    await slept;
  });

  it('keeps a wake without a sleeper for the next sleep', async () => {
    jest.useFakeTimers();
    const waker = new Waker();
    waker.wake();
    await waker.sleep(60_000);
    let over = false;
    void waker.sleep(60_000).then(() => (over = true));
    await jest.advanceTimersByTimeAsync(59_999);
    expect(over).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(over).toBe(true);
    jest.useRealTimers();
  });
});
