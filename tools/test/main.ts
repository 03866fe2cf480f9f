import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { neededServers } from '../jest/needed-servers';
import { Child } from '../process/child';
import { paint } from '../terminal/paint';
import { onInterrupt, runMain } from '../terminal/run-main';
import { Steps } from '../terminal/steps';
import { help, parseArguments } from './arguments';
import { projectsToTest } from './projects';
import { readResults, type Results, summaryLine } from './results';
import { provideTestServers } from './test-servers';

const root = resolve(__dirname, '../..');
const reports = join(root, '.convene/test-results');

/** `npm test`: servers for itself, every project's specs through Nx, one sum. Leaves nothing running. */
async function main(): Promise<number> {
  const options = parseArguments(process.argv.slice(2));
  if (options.help) {
    console.log(help);
    return 0;
  }
  const steps = new Steps();
  const undo: (() => Promise<unknown>)[] = [];
  onInterrupt(async (signal) => {
    steps.tell(`${signal}: stopping`);
    // What is just starting ends with this process: it is on its leash.
    for (const each of undo.reverse()) await each();
    process.exit(130);
  });

  const projects = projectsToTest(root, options.projects);
  const names = projects.map((project) => project.name);
  const needed = neededServers(projects.map((project) => project.root));
  const what = needed.length > 0 ? `Servers for the specs: ${needed.join(', ')}` : 'No servers needed';
  const tell = (line: string) => steps.tell(line);
  const stopServers = await steps.run(what, () => provideTestServers(needed, { tell, ...options }));
  undo.push(stopServers);

  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const nx = await startNx(names);
  undo.push(() => nx.stop(10_000));
  const ending = await nx.ended;
  await steps.run('Stopping the servers', stopServers);
  return report(readResults(reports, names), ending);
}

/** Always the real run, never an answer from Nx's cache: "does it work now?" is the question. */
function startNx(projects: string[]): Promise<Child> {
  return Child.spawn({
    program: join(root, 'node_modules/.bin/nx'),
    args: ['run-many', '-t', 'test', '-p', projects.join(','), '--skip-nx-cache', '--output-style=static'],
    cwd: root,
    env: {
      ...process.env,
      NX_DAEMON: 'false',
      NX_TUI: 'false',
      NX_NATIVE_COMMAND_RUNNER: 'false',
      // Nx asks Jest for colours even where nobody can see them.
      ...(process.stdout.isTTY ? {} : { FORCE_COLOR: '0' }),
    },
    stdio: ['ignore', 'inherit', 'inherit'],
    stopSignal: 'SIGTERM',
    group: true,
  });
}

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

runMain(main);
