import { setTimeout as wait } from 'node:timers/promises';

/**
 * Calls `work` at a steady rate, whether or not earlier calls have ended (an open loop: a slow system gets no less load).
 * Resolves when all calls have ended. @throws the error of the first failed one.
 */
export async function atRate(perSecond: number, seconds: number, work: () => Promise<void>): Promise<number> {
  const calls: Promise<void>[] = [];
  const total = Math.round(perSecond * seconds);
  const start = performance.now();
  while (calls.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1_000) * perSecond) + 1);
    while (calls.length < due) calls.push(work());
    await wait(5);
  }
  await Promise.all(calls);
  return total;
}

/** Calls `work` back to back from `concurrency` loops for some seconds (a closed loop). @returns how many calls ended. */
export async function flatOut(concurrency: number, seconds: number, work: () => Promise<void>): Promise<number> {
  const end = performance.now() + seconds * 1_000;
  let done = 0;
  const loop = async () => {
    while (performance.now() < end) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  return done;
}
