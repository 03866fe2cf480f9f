import type { ProxiedRig } from './proxied-rig';
import type { Rig } from './rig';

/** One fault, caused while people work, and healed. A case is a file in `cases/`. */
export interface FaultCase<On extends Rig = ProxiedRig> {
  /** As in `npm run faults -- broker-killed`. */
  readonly name: string;
  /** What happens, in a line of the table of verdicts. */
  readonly about: string;
  /** Runs in `npm test`, too: the others take too long together. */
  readonly inTests?: boolean;
  /** Why it cannot run on this machine. */
  readonly skip?: (rig: On) => string | undefined;
  /** How many messages must be in the dead-letter queues afterwards: none by default. */
  readonly deadLetters?: number;
  /**
   * Causes the fault, waits for its effect, and heals it. @returns the proof that it happened, in figures.
   * @throws when its effect was not seen.
   */
  run(rig: On): Promise<string>;
}
