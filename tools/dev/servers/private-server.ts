import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { freePort, isFree } from '@convene/testing/ports';
import { Child, type ChildOptions, endLeftOver, type ProcessIdentity } from '../child-process';
import { UserError } from '../terminal';
import { readyLines, type ServerHandle, type ServerName, titles, urlOf } from './server';

const READY_TIMEOUT_MS = 120_000;

/** What differs between the three servers. */
export interface Recipe extends Omit<ChildOptions, 'args' | 'stdio'> {
  name: ServerName;
  args: (port: number) => string[];
  /** Creates what the server needs in its directory; runs before every start and leaves existing data alone. */
  prepare?: (port: number) => Promise<void>;
  /** Ends helpers of the server, once it has ended in order. */
  afterStop?: () => Promise<unknown> | undefined;
}

interface State {
  port?: number;
  process?: ProcessIdentity;
}

/** A server of our own: its data, log and state (`process.json`) lie in one directory. */
export class PrivateServer implements ServerHandle {
  readonly name: ServerName;
  readonly url: string;
  readonly origin: string;
  private readonly logFile: string;
  private child?: Child;

  private constructor(
    private readonly dir: string,
    private readonly recipe: Recipe,
    private readonly port: number,
  ) {
    this.name = recipe.name;
    this.url = urlOf[recipe.name](port);
    this.origin = `private, ${relative('', dir)}`;
    this.logFile = join(dir, 'server.log');
  }

  /** Ends what a dead earlier run may have left in this directory, and takes the earlier port if it is free. */
  static async in(dir: string, recipe: Recipe): Promise<PrivateServer> {
    mkdirSync(dir, { recursive: true });
    const earlier = readState(dir);
    if (earlier.process) await endLeftOver(earlier.process);
    const port = earlier.port && (await isFree(earlier.port)) ? earlier.port : await freePort();
    writeState(dir, { port });
    return new PrivateServer(dir, recipe, port);
  }

  get isRunning(): boolean {
    return this.child?.isRunning ?? false;
  }

  async start(): Promise<void> {
    if (this.isRunning) return;
    const { args, prepare, ...options } = this.recipe;
    await prepare?.(this.port);
    const log = openSync(this.logFile, 'w');
    const starting = Child.spawn({ ...options, args: args(this.port), stdio: ['ignore', log, log] });
    const child = (this.child = await starting.finally(() => closeSync(log)));
    writeState(this.dir, { port: this.port, process: child.identity });
    const isReady = () => readyLines[this.name].test(this.log);
    await child.until(isReady, READY_TIMEOUT_MS).catch(async ({ message }: Error) => {
      await child.kill();
      throw new UserError(
        `${titles[this.name]} ${message}. Its last lines (all of them: ${this.logFile}):\n${this.log.slice(-1_500)}\n` +
          `If its data is damaged or from another version, delete ${this.dir} and start again.`,
      );
    });
  }

  async stop(): Promise<void> {
    await this.child?.stop();
    await this.recipe.afterStop?.();
    writeState(this.dir, { port: this.port });
  }

  async kill(): Promise<void> {
    await this.child?.kill();
  }

  /** What the server has written since it was started last. */
  private get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }
}

const stateFile = (dir: string) => join(dir, 'process.json');

function readState(dir: string): State {
  try {
    return JSON.parse(readFileSync(stateFile(dir), 'utf8')) as State;
  } catch {
    return {}; // the first start, or cut short by a crash
  }
}

const writeState = (dir: string, state: State) => writeFileSync(stateFile(dir), JSON.stringify(state));
