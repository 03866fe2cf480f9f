import { setTimeout as pause } from 'node:timers/promises';
import type { BenchUser, ClientGroup } from '../realtime/client-group';
import { TimeoutError } from '../realtime/raw-client';

/** As Socket.IO's client waits: half as long or half as long again, twice as long after each failure. */
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 5_000;

export interface Return {
  readonly seconds: number;
  /** Attempts that were given up after 20 s. */
  readonly timeouts: number;
  /** Attempts that the server refused. */
  readonly refusals: number;
}

/** All connect, as clients do whose server has gone, and resume after `lastSeq`; resolves when all are live. */
export async function comeBack(people: readonly BenchUser[], to: ClientGroup, lastSeq: number): Promise<Return> {
  const start = performance.now();
  let timeouts = 0;
  let refusals = 0;
  const one = async (person: BenchUser) => {
    for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
      await pause(delayMs * (0.5 + Math.random()));
      try {
        return await to.connect(person, lastSeq);
      } catch (error) {
        if (error instanceof TimeoutError) timeouts += 1;
        else refusals += 1;
      }
    }
  };
  await Promise.all(people.map(one));
  return { seconds: (performance.now() - start) / 1_000, timeouts, refusals };
}
