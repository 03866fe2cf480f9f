import { parseArgs } from 'node:util';
import { createTestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { Remediable } from '../servers/server';
import { buildApps } from '../start/build';
import { Undo } from '../start/undo';
import { onInterrupt, runMain } from '../terminal/run-main';
import { Steps } from '../terminal/steps';
import { provideTestServers } from '../test/test-servers';
import { compareRealtime } from './realtime/run';
import { isMissed, tableOf } from './table';

const help = `npm run bench -- realtime [--quick] [--help]

Measures the ws-gateway beside bare Socket.IO, in processes of their own on private servers, and prints one table of
ratios. Ends with exit code 1 if one misses its target (docs/bench.md says what each means).

  --quick   fewer and smaller slices: for trying a change, not for believing a figure`;

function parse() {
  try {
    const options = {
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    } as const;
    return parseArgs({ args: process.argv.slice(2), options, allowPositionals: true });
  } catch (error) {
    throw new Remediable(`${(error as Error).message}\n\n${help}`);
  }
}

const undo = new Undo();

async function main(): Promise<number> {
  const { values, positionals } = parse();
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (positionals.join(' ') !== 'realtime') throw new Remediable(help);
  const steps = new Steps();
  try {
    await steps.run('Building', () => buildApps((child) => undo.push(() => child.stop(10_000))));
    undo.push(await steps.run('Servers', () => provideTestServers(['postgres', 'redis'])));
    const database = await createTestDatabase();
    undo.push(() => database.drop());
    const { url: redisUrl } = await createTestRedis();
    const tell = (line: string) => steps.tell(line);
    const rows = await compareRealtime({ databaseUrl: database.url, redisUrl, quick: values.quick, tell });
    console.log(`\n${tableOf(rows)}\n`);
    return rows.some(isMissed) ? 1 : 0;
  } finally {
    await undo.run();
  }
}

onInterrupt(async () => {
  await undo.run();
  process.exit(130);
});
runMain(main);
