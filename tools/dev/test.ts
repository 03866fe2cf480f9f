import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { neededServers } from './needed-servers';
import { runMany, testedProjects } from './nx';
import { paint, runCommand, Steps, UserError } from './terminal';
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
runCommand(help, config, async ({ values, positionals: wanted }, undo) => {
  const steps = new Steps();
  const tested = await testedProjects();
  const unknown = wanted.filter((name) => !tested.has(name));
  if (unknown.length > 0) {
    throw new UserError(`No tests in ${unknown.join(', ')}. There are: ${[...tested.keys()].join(', ')}.`);
  }
  const projects = wanted.length > 0 ? wanted : [...tested.keys()];
  const needed = await neededServers(projects.map((name) => tested.get(name) as string));
  const title = needed.length > 0 ? `Servers for the specs: ${needed.join(', ')}` : 'No servers needed';
  const options = { servers: values.servers, print: (line: string) => steps.print(line) };
  undo.push(await steps.run(title, () => provideTestServers(needed, options)));

  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  // Always the real run, never an answer from Nx's cache. Nx asks Jest for colours even without a terminal.
  const args = ['-t', 'test', '-p', projects.join(','), '--skip-nx-cache'];
  const nx = await runMany(args, 'inherit', process.stdout.isTTY ? {} : { FORCE_COLOR: '0' });
  undo.push(() => nx.stop(10_000));
  const ending = await nx.ended;
  await undo.run();
  return report(readResults(reports, projects), ending);
});

function report(results: Results, ending: string): number {
  const { passed, failures } = results;
  if (ending !== 'exit code 0' && failures.length === 0) {
    failures.push({ project: 'nx', what: 'run-many', why: `ended with ${ending} though no test failed: see above` });
  }
  for (const { project, what, why } of failures) {
    console.log(`\n${paint('red', '✗')} ${paint('bold', project)} › ${what}\n${why.trimEnd().replace(/^/gm, '    ')}`);
  }
  if (passed === 0 && failures.length === 0) console.log('No test ran at all, which cannot be right.');
  console.log(`\n${summaryLine(results)}`);
  return passed > 0 && failures.length === 0 ? 0 : 1;
}
