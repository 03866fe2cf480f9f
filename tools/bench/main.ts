import { createTestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { buildApps } from '../dev/nx';
import type { ServerName } from '../dev/servers/server';
import { print, runCommand, step, UserError } from '../dev/terminal';
import { provideTestServers } from '../dev/test-servers';
import { comparePipeline } from './pipeline/run';
import { compareRealtime } from './realtime/run';
import { isMissed, tableOf } from './table';

const help = `npm run bench -- <realtime | pipeline> [--quick] [--help]

  realtime  the ws-gateway beside bare Socket.IO
  pipeline  the whole chain, from the HTTP request to the socket, beside one that is written by hand

Everything runs in processes of its own on private servers. Prints one table of ratios, and ends with exit code 1 if one
misses its target (docs/bench.md says what each means).

  --quick   fewer and smaller slices: for trying a change, not for believing a figure`;

const SERVERS = {
  realtime: ['postgres', 'redis'],
  pipeline: ['postgres', 'redis', 'rabbitmq'],
} satisfies Record<string, ServerName[]>;

const config = { allowPositionals: true, options: { quick: { type: 'boolean', default: false } } } as const;

void runCommand(help, config, async ({ values: { quick }, positionals }, undo) => {
  const [bench] = positionals;
  if (positionals.length !== 1 || (bench !== 'realtime' && bench !== 'pipeline')) throw new UserError(help);
  await step('Building', () => buildApps(undo));
  undo.push(await step('Servers', () => provideTestServers(SERVERS[bench])));
  const rows = await (bench === 'pipeline' ? comparePipeline(quick, print) : measureRealtime());
  console.log(`\n${tableOf(rows)}\n`);
  return rows.some(isMissed) ? 1 : 0;

  async function measureRealtime() {
    const database = await createTestDatabase();
    undo.push(() => database.drop());
    const { url: redisUrl } = await createTestRedis();
    return compareRealtime({ databaseUrl: database.url, redisUrl, quick, tell: print });
  }
});
