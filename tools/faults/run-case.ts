import { deadLetterQueueOf, QUEUES } from '@convene/messaging/topology/queues';
import { Checker, isKept, type Verdict } from './checker';
import type { FaultCase } from './fault-case';
import { Recorder, type Series } from './recorder';
import type { Rig } from './rig';

export interface Outcome {
  readonly name: string;
  readonly about: string;
  /** What shows that the fault happened; undefined when it did not. */
  readonly proof?: string;
  /** Undefined when nothing could be checked. */
  readonly verdict?: Verdict;
  readonly deadLetters?: { readonly found: number; readonly expected: number };
  /** Why the case did not come to its end: the fault had no effect, or an operation was refused for good. */
  readonly error?: string;
  readonly series: Series;
}

/** The promise of the design: after a fault, everything is in order within a minute. */
const HEAL_WITHIN_MS = 60_000;
/** Operations before the fault, so that work is under way everywhere, and after it. */
const WARM_UP = 40;

export const isPassed = ({ error, verdict, deadLetters }: Outcome) =>
  error === undefined && verdict !== undefined && isKept(verdict) && deadLetters?.found === deadLetters?.expected;

/** Runs the workload at a rate, the case in its midst, and checks everything after it. */
export async function runCase<On extends Rig>(rig: On, fault: FaultCase<On>, perSecond: number): Promise<Outcome> {
  const { name, about, deadLetters: expected = 0 } = fault;
  const { workload } = rig;
  const recorder = Recorder.start(rig);
  const working = workload.run(perSecond);
  const outcome: { -readonly [Field in keyof Outcome]?: Outcome[Field] } = {};
  try {
    await rig.accepting(WARM_UP);
    outcome.proof = await recorder.during(() => fault.run(rig));
    await rig.accepting(WARM_UP);
  } catch (error) {
    outcome.error = (error as Error).message;
  }
  try {
    outcome.verdict = await healed(rig);
    outcome.deadLetters = { found: await deadLetters(rig), expected };
  } catch (error) {
    outcome.error ??= (error as Error).message;
  } finally {
    await workload.finish(0);
    await working;
    recorder.stop();
  }
  // The operation that failed for good is none of those that are waited for.
  if (workload.failure) outcome.error ??= workload.failure.message;
  return { ...outcome, name, about, series: recorder.series() };
}

/** What was begun is accepted, and leaves nothing missing and nothing open. */
async function healed(rig: Rig): Promise<Verdict> {
  const { workload } = rig;
  const deadline = Date.now() + HEAL_WITHIN_MS;
  if (!(await workload.finish(HEAL_WITHIN_MS))) {
    throw new Error(`Operations were not accepted within ${HEAL_WITHIN_MS / 1_000} s of the end of the fault`);
  }
  return new Checker(() => rig.connect(), workload.people).verdict(Math.max(0, deadline - Date.now()));
}

/** Counts the messages in all dead-letter queues, and empties them for the next case. */
async function deadLetters(rig: Rig): Promise<number> {
  return rig.withBroker(async (channel) => {
    let total = 0;
    for (const queue of QUEUES) total += (await channel.purgeQueue(deadLetterQueueOf(queue))).messageCount;
    return total;
  });
}
