import { parseArgs, type ParseArgsConfig, styleText as paint } from 'node:util';

/** Something the user can put right: printed as one clear message, without a stack. */
export class UserError extends Error {}

/** Colours for terminals; plain text for files and pipes. */
export { paint };

const since = (ms: number): string => `${((Date.now() - ms) / 1000).toFixed(1)} s`;
const begun = Date.now();

export function print(line: string): void {
  console.log(`${paint('dim', `[${since(begun).padStart(7)}]`)} ${line}`);
}

/** Prints the begin, the end and the duration of a step. Steps may overlap. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const from = Date.now();
  print(`${paint('dim', '…')} ${title}`);
  const result = await work();
  print(`${paint('green', '✓')} ${title} ${paint('dim', `(${since(from)})`)}`);
  return result;
}

/** What has to be undone: latest first, and all of it even if a part fails. */
export type Undo = (() => unknown)[];

/** @throws AggregateError when parts of it failed, after all the others. */
export async function undoAll(undo: Undo): Promise<void> {
  const errors: unknown[] = [];
  for (let undoStep = undo.pop(); undoStep; undoStep = undo.pop()) {
    await Promise.resolve()
      .then(undoStep)
      .catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw new AggregateError(errors, 'Not everything could be undone');
}

/**
 * Runs a command line until `main` resolves, fails, or is interrupted (Ctrl-C, a polite kill, a closed terminal); in
 * each case `undo` runs before the process exits. `main` gives the exit code, or the function that reports and gives it then.
 */
export async function runCommand<Config extends ParseArgsConfig>(
  help: string,
  config: Config,
  main: (args: ReturnType<typeof parseArgs<Config>>, undo: Undo) => Promise<number | (() => number)>,
  { interruptedCode = 130 } = {},
): Promise<void> {
  if (process.argv.some((arg) => arg === '--help' || arg === '-h')) return console.log(help);
  // Once the terminal is closed, writing to it fails: that must not prevent the cleanup.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  // One signal may arrive twice, from the terminal and from npm: the later one changes nothing.
  const interrupted = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve);
  });
  const undo: Undo = [];
  const run = async () => main(parse(config, help), undo);
  const ending = await Promise.race([interrupted, run()]).catch(reportFailure);
  if (typeof ending === 'string') console.log(`\n${ending}: stopping what was started …`);
  await undoAll(undo).catch(console.error);
  if (typeof ending === 'string') console.log('Stopped.');
  const code = typeof ending === 'function' ? ending() : ending;
  process.exit(typeof code === 'string' ? interruptedCode : code);
}

function reportFailure(error: unknown): number {
  const stack = error instanceof Error ? error.stack : String(error);
  console.error(`\n${paint('red', 'Failed:')} ${error instanceof UserError ? error.message : stack}`);
  return 1;
}

function parse<Config extends ParseArgsConfig>(config: Config, help: string): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${help}`);
  }
}
