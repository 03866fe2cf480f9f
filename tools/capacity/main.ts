import { runCommand, UserError } from '../dev/terminal';
import { readDeployed } from './deployed';
import { writeDocument } from './document';
import { options, parseLoad, sizes } from './load';
import { planFor } from './plan';
import { reportOf } from './report';

const list = Object.entries(options).map(([name, option]) => {
  const fallback = option.default === undefined ? 'required, or --size' : `${option.default} by default`;
  return `  --${name.padEnd(20)} ${option.about}; ${option.least} to ${option.most}, ${fallback}`;
});
const sizeList = Object.entries(sizes).map(([name, { users, online }]) => `${name} (${users} users, ${online} online)`);

const help = `npm run capacity -- --users <n> --online <n> [--events-per-user-hour <n>] […] [--json] [--help]
npm run capacity -- --size <name>
npm run capacity -- --write

Computes how many processes and which servers a load needs, what gives way first, and how long a mass reconnection takes,
from the figures of the benches (tools/capacity/measured.ts; docs/capacity.md says how wrong they may be). Measures nothing itself.

${list.join('\n')}
  --size                 ${sizeList.join(', ')};
                         other options change it
  --json                 the same as JSON
  --write                write the tables of docs/capacity.md anew`;

const flags = {
  size: { type: 'string' },
  json: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
} as const;
const numbers = Object.fromEntries(Object.keys(options).map((name) => [name, { type: 'string' as const }]));

void runCommand(help, { options: { ...numbers, ...flags } }, async ({ values }) => {
  const { size, json, write, ...given } = values;
  if (write) {
    if (json || size !== undefined || Object.keys(given).length > 0)
      throw new UserError('--write takes no other option: it writes the named sizes. Leave the others out.');
    console.log(`${await writeDocument()} is up to date`);
    return 0;
  }
  const load = parseLoad(given, size);
  const deployed = readDeployed();
  const [busy, calm] = [planFor(load, deployed, 'busy'), planFor(load, deployed, 'calm')];
  console.log(json ? JSON.stringify({ load, busy, calm }, null, 2) : reportOf(load, busy, calm));
  return 0;
});
