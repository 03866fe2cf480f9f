import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { neededServers } from './needed-servers';
import { generateClient, runMany, testedProjects } from './nx';
import { paint, runCommand, step, UserError } from './terminal';
import { readResults, type Results, summaryLine } from './test-results';
import { provideTestServers } from './test-servers';

const reports = resolve(__dirname, '../../.convene/test-results');

const help = `npm test [-- <project> …] [--servers=private|docker|apt]

Runs the specs of every project (or of those named) against servers of its own, which it starts and stops.

  npm test                        everything
  npm test -- messaging           one project; "npx nx test messaging" does the same and may answer from Nx's cache
  npm test -- --servers=docker    PostgreSQL, Redis and RabbitMQ as containers, even where their programs are installed

Servers that already run are used only when these variables name them (their data is not spared):
  CONVENE_TEST_DATABASE_URL  CONVENE_TEST_REDIS_URL  CONVENE_TEST_RABBITMQ_URL with CONVENE_TEST_VHOSTS=<n> for vhosts t1 … tn
Reports of each project: .convene/test-results/<project>.json`;

const config = { allowPositionals: true, options: { servers: { type: 'string' } } } as const;

/** `npm test`: servers for itself, every project's specs through Nx, one sum. Leaves nothing running. */
void runCommand(help, config, async ({ values, positionals }, undo) => {
  const tested = await testedProjects();
  const projects = positionals.length > 0 ? positionals : [...tested.keys()];
  const roots = projects.map((name) => {
    const root = tested.get(name);
    if (!root) throw new UserError(`No tests in ${name}. There are: ${[...tested.keys()].join(', ')}.`);
    return root;
  });
  await generateClient(undo);
  const needed = await neededServers(roots);
  const title = needed.length > 0 ? `Servers for the specs: ${needed.join(', ')}` : 'No servers needed';
  undo.push(await step(title, () => provideTestServers(needed, values.servers)));

  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  // Always the real run, never an answer from Nx's cache. Nx asks Jest for colours even without a terminal.
  const args = ['-t', 'test', '-p', projects.join(','), '--skip-nx-cache'];
  const nx = await runMany(undo, args, 'inherit', process.stdout.isTTY ? {} : { FORCE_COLOR: '0' });
  const ending = await nx.ended;
  return () => report(readResults(reports, projects), ending);
});

function report(results: Results, ending: string): number {
  if (ending !== 'exit code 0' && results.failed === 0) {
    results.failed += 1;
    results.failures.push(`Nx ended with ${ending} though no test failed: see above`);
  }
  for (const failure of results.failures) console.log(`\n${paint('red', '✗')} ${failure}`);
  console.log(`\n${summaryLine(results)}`);
  return results.passed > 0 && results.failed === 0 ? 0 : 1;
}
