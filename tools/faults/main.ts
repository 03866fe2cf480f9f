import { buildApps } from '../dev/nx';
import { print, runCommand, step, type Undo, UserError } from '../dev/terminal';
import { breaks } from './breaks';
import { cases } from './cases';
import type { FaultCase } from './fault-case';
import { writeReport } from './report';
import { Rig } from './rig';
import { isPassed, type Outcome, runCase } from './run-case';
import { tableOf, wrongsOf } from './table';

const help = `npm run faults -- [<case> …] [--list] [--write] [--break <what>] [--help]

Runs the five apps on private servers, each app behind proxies of its own, with people at work at half of what this
machine can do; causes one fault after the other, and checks after each that nothing is lost, doubled, or out of order
(docs/faults.md). All cases by default; exit code 1 when one broke the promise.

  --list    the cases
  --write   write docs/faults/verdicts.md and its plots
  --break   break the system on purpose, to see that the checker can fail: ${Object.keys(breaks).join(', ')}`;

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

/** Operations per second. The first seconds are those of cold processes. */
async function halfOfSaturation(rig: Rig): Promise<number> {
  await rig.workload.saturation(WARM_UP_S);
  const saturation = await rig.workload.saturation(SATURATE_S);
  print(`${saturation.toFixed(0)} operations a second saturate this machine: going on at half of that.`);
  return saturation / 2;
}

async function undoAll(own: Undo): Promise<void> {
  for (let undoStep = own.pop(); undoStep; undoStep = own.pop()) await undoStep();
}

function chosenCases(names: readonly string[]): readonly FaultCase[] {
  const unknown = names.filter((name) => !cases.some((each) => each.name === name));
  if (unknown.length > 0)
    throw new UserError(`No such case: ${unknown.join(', ')}. "npm run faults -- --list" names them.`);
  return names.length === 0 ? cases : cases.filter(({ name }) => names.includes(name));
}

void runCommand(help, config, async ({ values, positionals }, undo) => {
  if (values.list) {
    for (const { name, about } of cases) console.log(`${name.padEnd(34)} ${about}`);
    return 0;
  }
  const chosen = chosenCases(positionals);
  const broken = values.break === undefined ? undefined : breaks[values.break];
  if (values.break !== undefined && !broken)
    throw new UserError(`--break takes one of ${Object.keys(breaks).join(', ')}.`);
  await step('Building', () => buildApps(undo));
  const outcomes: Outcome[] = [];
  let rig: Rig | undefined;
  let rate: number | undefined;
  let own: Undo = [];
  undo.push(() => undoAll(own));
  for (const fault of chosen) {
    rig ??= await step('Servers, apps and people', () =>
      Rig.open({ companies: COMPANIES, env: broken?.env, undo: own }),
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
    const wrongs = wrongsOf(outcome);
    print(`${isPassed(outcome) ? '✓' : '✗'} ${fault.name}: ${outcome.proof ?? outcome.error ?? ''}`);
    for (const wrong of wrongs) print(`    ${wrong}`);
    if (isPassed(outcome)) continue;
    // What a failed case left behind must not fail the next.
    await undoAll(own);
    own = [];
    rig = undefined;
  }
  console.log(`\n${tableOf(outcomes)}\n`);
  if (values.write) writeReport(outcomes);
  return outcomes.every(isPassed) ? 0 : 1;
});
