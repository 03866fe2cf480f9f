import { createTestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { buildApps } from '../dev/nx';
import { runCommand, Steps, UserError } from '../dev/terminal';
import { provideTestServers } from '../dev/test-servers';
import { compareRealtime } from './realtime/run';
import { isMissed, tableOf } from './table';

const help = `npm run bench -- realtime [--quick] [--help]

Measures the ws-gateway beside bare Socket.IO, in processes of their own on private servers, and prints one table of
ratios. Ends with exit code 1 if one misses its target (docs/bench.md says what each means).

  --quick   fewer and smaller slices: for trying a change, not for believing a figure`;

const config = { allowPositionals: true, options: { quick: { type: 'boolean', default: false } } } as const;

runCommand(help, config, async ({ values, positionals }, undo) => {
  if (positionals.join(' ') !== 'realtime') throw new UserError(help);
  const steps = new Steps();
  await steps.run('Building', () => buildApps((child) => undo.push(() => child.stop(10_000))));
  undo.push(await steps.run('Servers', () => provideTestServers(['postgres', 'redis'])));
  const database = await createTestDatabase();
  undo.push(() => database.drop());
  const { url: redisUrl } = await createTestRedis();
  const tell = (line: string) => steps.print(line);
  const rows = await compareRealtime({ databaseUrl: database.url, redisUrl, quick: values.quick, tell });
  console.log(`\n${tableOf(rows)}\n`);
  return rows.some(isMissed) ? 1 : 0;
});
