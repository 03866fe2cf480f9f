import { buildApps } from '../dev/nx';
import { print, runCommand, step, UserError } from '../dev/terminal';
import { provideTestServers } from '../dev/test-servers';
import { benches } from './benches';
import { writeReport } from './report';
import { isCollapsed, isMissed, tableOf } from './table';
import { undone } from './undo';

const names = Object.entries(benches).map(([name, { about }]) => `  ${name.padEnd(9)} ${about}`);
const help = `npm run bench -- <name> [--quick] [--write] [--help]

${names.join('\n')}
  smoke     small slices of those that allow it, in two minutes: fails on a collapse, not on noise

Everything runs in processes of its own on private servers. Prints a table of ratios, and ends with exit code 1 if one
misses its target (docs/bench.md says what each means). A full run also writes docs/bench/<name>.json and .svg.

  --quick   fewer and smaller slices: for trying a change, not for believing a figure
  --write   write the files after a quick run, too
  --only    with smoke: this bench alone`;

const config = {
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
} as const;

void runCommand(help, config, async ({ values: { quick, write, only }, positionals }, undo) => {
  const [name = ''] = positionals;
  const smoke = name === 'smoke';
  const chosen = Object.entries(benches).filter(([each, { inSmoke }]) =>
    smoke ? inSmoke && (only ?? each) === each : each === name,
  );
  if (positionals.length !== 1 || chosen.length === 0) throw new UserError(help);
  await step('Building', () => buildApps(undo));
  const servers = [...new Set(chosen.flatMap(([, bench]) => bench.servers))];
  undo.push(await step('Servers', () => provideTestServers(servers)));
  const size = smoke ? 'smoke' : quick ? 'quick' : 'full';
  const isBad = smoke ? isCollapsed : isMissed;
  let bad = false;
  for (const [each, bench] of chosen) {
    const measure = () => undone(undo, (own) => bench.run({ size, tell: print, undo: own }));
    let rows = await measure();
    console.log(`\n${tableOf(rows)}\n`);
    if (smoke && rows.some(isBad)) {
      // What else the machine does may spoil a small slice. A collapse is there the next time, too.
      print('Beyond its limit: once more');
      rows = await measure();
      console.log(`\n${tableOf(rows)}\n`);
    }
    if (size === 'full' || write) writeReport(each, rows);
    bad ||= rows.some(isBad);
  }
  return bad ? 1 : 0;
});
