import { buildApps } from '../dev/nx';
import { print, runCommand, step, type Undo, undoAll, UserError } from '../dev/terminal';
import type { Break } from './breaks';
import type { FaultCase } from './fault-case';
import { writeReport } from './report';
import type { Rig, RigOptions } from './rig';
import { isPassed, type Outcome, runCase } from './run-case';
import { tableOf, wrongsOf } from './table';

/** A rig, and what is done to it. */
export interface Suite<On extends Rig> {
  /** Of npm; also the name of its document in `docs/`. */
  readonly command: string;
  /** A paragraph of its help. */
  readonly about: string;
  readonly cases: readonly FaultCase<On>[];
  readonly breaks: Readonly<Record<string, Break<On>>>;
  open(options: RigOptions): Promise<On>;
}

const config = {
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    break: { type: 'string' },
  },
} as const;

const COMPANIES = 40;
const WARM_UP_S = 3;
const SATURATE_S = 5;

const helpOf = ({ command, about, breaks }: Pick<Suite<Rig>, 'command' | 'about'> & { breaks: object }) =>
  `npm run ${command} -- [<case> …] [--list] [--write] [--break <what>] [--help]

${about} All cases by default; exit code 1 when one broke the promise.

  --list    the cases
  --write   write docs/${command}/verdicts.md and its plots
  --break   break the system on purpose, to see that the checker can fail: ${Object.keys(breaks).join(', ')}`;

/** Operations per second. The first seconds are those of cold processes. */
async function halfOfSaturation({ workload }: Rig): Promise<number> {
  await workload.saturation(WARM_UP_S);
  const saturation = await workload.saturation(SATURATE_S);
  print(`${saturation.toFixed(0)} operations a second saturate this machine: going on at half of that.`);
  return saturation / 2;
}

function chosenOf<On extends Rig>({ command, cases }: Suite<On>, names: readonly string[]): readonly FaultCase<On>[] {
  const unknown = names.filter((name) => !cases.some((each) => each.name === name));
  if (unknown.length > 0)
    throw new UserError(`No such case: ${unknown.join(', ')}. "npm run ${command} -- --list" names them.`);
  return names.length === 0 ? cases : cases.filter(({ name }) => names.includes(name));
}

/** The command line of a suite: runs the chosen cases one after the other on one rig, and prints the table. */
export async function runSuite<On extends Rig>(suite: Suite<On>): Promise<void> {
  await runCommand(helpOf(suite), config, async ({ values, positionals }, undo) => {
    if (values.list) {
      for (const { name, about } of suite.cases) console.log(`${name.padEnd(34)} ${about}`);
      return 0;
    }
    const chosen = chosenOf(suite, positionals);
    const broken = values.break === undefined ? undefined : suite.breaks[values.break];
    if (values.break !== undefined && !broken)
      throw new UserError(`--break takes one of ${Object.keys(suite.breaks).join(', ')}.`);
    await step('Building', () => buildApps(undo));
    const outcomes: Outcome[] = [];
    let rig: On | undefined;
    let rate: number | undefined;
    let own: Undo = [];
    undo.push(() => undoAll(own));
    for (const fault of chosen) {
      rig ??= await step('Servers, apps and people', () =>
        suite.open({ companies: COMPANIES, env: broken?.env, undo: own }),
      );
      rate ??= await halfOfSaturation(rig);
      await broken?.apply(rig);
      const reason = fault.skip?.(rig);
      if (reason) {
        print(`– ${fault.name}: left out, ${reason}`);
        continue;
      }
      const outcome = await runCase(rig, fault, rate);
      outcomes.push(outcome);
      print(`${isPassed(outcome) ? '✓' : '✗'} ${fault.name}: ${outcome.proof ?? outcome.error ?? ''}`);
      for (const wrong of wrongsOf(outcome)) print(`    ${wrong}`);
      if (isPassed(outcome)) continue;
      // What a failed case left behind must not fail the next.
      await undoAll(own);
      own = [];
      rig = undefined;
    }
    console.log(`\n${tableOf(outcomes)}\n`);
    if (values.write) writeReport(suite.command, outcomes);
    return outcomes.every(isPassed) ? 0 : 1;
  });
}
