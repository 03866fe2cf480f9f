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

/** What has to be undone, latest first: all of it even if a part fails, and once, however often `run` is called. */
export class Undo {
  private readonly steps: (() => unknown)[] = [];
  private running?: Promise<void>;

  push(undoStep: () => unknown): void {
    this.steps.push(undoStep);
  }

  run(): Promise<void> {
    return (this.running ??= this.runSteps());
  }

  private async runSteps(): Promise<void> {
    for (const undoStep of this.steps.reverse()) await Promise.resolve().then(undoStep).catch(console.error);
  }
}

/**
 * Runs a command line until `main` resolves to its exit code, fails, or is interrupted (Ctrl-C, a polite kill, a terminal
 * that is gone); in each case `undo` runs before the process exits.
 */
export async function runCommand<Config extends ParseArgsConfig>(
  help: string,
  config: Config,
  main: (args: ReturnType<typeof parseArgs<Config>>, undo: Undo) => Promise<number>,
  { interruptedCode = 130 } = {},
): Promise<void> {
  if (process.argv.some((arg) => arg === '--help' || arg === '-h')) return console.log(help);
  // Once the terminal is gone, writing to it fails: that must not prevent the cleanup.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  // One signal may arrive twice, from the terminal and from npm: every later one changes nothing.
  const interrupted = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve);
  });
  const undo = new Undo();
  const run = async () => main(parse(config, help), undo);
  const ending = await Promise.race([interrupted, run()]).catch(reportFailure);
  if (typeof ending === 'string') console.log(`\n${ending}: stopping what was started …`);
  await undo.run();
  if (typeof ending === 'string') console.log('Stopped.');
  process.exit(typeof ending === 'string' ? interruptedCode : ending);
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
