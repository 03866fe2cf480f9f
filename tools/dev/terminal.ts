import { parseArgs, type ParseArgsConfig, styleText } from 'node:util';

/** Something the user can put right: printed as one clear message, without a stack. */
export class UserError extends Error {}

export type Style = Parameters<typeof styleText>[0];

const coloured = process.env['NO_COLOR'] === undefined && (process.stdout.isTTY || Boolean(process.env['FORCE_COLOR']));

/** Colours for terminals; plain text for files and pipes. */
export const paint = (style: Style, text: string): string => (coloured ? styleText(style, text) : text);

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Progress as lines that also read well in a log: begin, end and duration of each step. Steps may overlap. */
export class Steps {
  private readonly begun = Date.now();

  get elapsed(): string {
    return seconds(Date.now() - this.begun);
  }

  print(line: string): void {
    console.log(`${paint('dim', `[${this.elapsed.padStart(7)}]`)} ${line}`);
  }

  async run<T>(title: string, work: () => Promise<T>): Promise<T> {
    const from = Date.now();
    this.print(`${paint('dim', '…')} ${title}`);
    try {
      const result = await work();
      this.print(`${paint('green', '✓')} ${title} ${paint('dim', `(${seconds(Date.now() - from)})`)}`);
      return result;
    } catch (error) {
      this.print(`${paint('red', '✗')} ${title}`);
      throw error;
    }
  }
}

/** What has to be undone, latest first: all of it even if a part fails, and once, however often `run` is called. */
export class Undo {
  private readonly steps: (() => unknown)[] = [];
  private running?: Promise<void>;

  push(step: () => unknown): void {
    this.steps.push(step);
  }

  get begun(): boolean {
    return this.running !== undefined;
  }

  run(): Promise<void> {
    return (this.running ??= this.runSteps());
  }

  private async runSteps(): Promise<void> {
    for (const step of this.steps.reverse()) await Promise.resolve().then(step).catch(console.error);
  }
}

/**
 * Runs a command line until `main` resolves to its exit code, fails, or is interrupted (Ctrl-C, a polite kill, a terminal
 * that is gone); in each case `undo` runs before the process exits.
 */
export function runCommand<Config extends ParseArgsConfig>(
  help: string,
  config: Config,
  main: (args: ReturnType<typeof parseArgs<Config>>, undo: Undo) => Promise<number>,
  { interruptedCode = 130 } = {},
): void {
  if (process.argv.some((arg) => arg === '--help' || arg === '-h')) {
    console.log(help);
    return;
  }
  const undo = new Undo();
  let interruptedAt: number | undefined;
  const interrupt = async (signal: NodeJS.Signals) => {
    // One signal may arrive by several ways. A later one leaves at once: what still runs is on our leash.
    if (interruptedAt !== undefined) return Date.now() - interruptedAt > 1_000 && process.exit(130);
    interruptedAt = Date.now();
    console.log(`\n${signal}: stopping what was started …`);
    await undo.run();
    console.log('Stopped.');
    process.exit(interruptedCode);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void interrupt(signal));
  // Once the terminal is gone, writing to it fails: that must not keep us from cleaning up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  // A promise alone does not keep the process alive.
  setInterval(() => undefined, 2 ** 30);
  Promise.resolve()
    .then(() => main(parse(config, help), undo))
    .then(
      async (code) => {
        await undo.run();
        if (interruptedAt === undefined) process.exit(code);
      },
      async (error: unknown) => {
        if (interruptedAt !== undefined) return; // it failed because it was interrupted
        await undo.run();
        const stack = error instanceof Error ? error.stack : String(error);
        console.error(`\n${paint('red', 'Failed:')} ${error instanceof UserError ? error.message : stack}`);
        process.exit(1);
      },
    );
}

function parse<Config extends ParseArgsConfig>(config: Config, help: string): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${help}`);
  }
}
