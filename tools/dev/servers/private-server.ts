import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, isFree } from '@convene/testing/ports';
import { Child, type ChildOptions, endLeftOver, type ProcessIdentity } from '../child-process';
import { UserError } from '../terminal';
import { type ServerHandle, type ServerName, titles, urlOf } from './server';

/** What differs between the three servers. */
export interface Recipe {
  name: ServerName;
  /** Creates what the server needs in its directory; runs before every start and leaves existing data alone. */
  prepare?(port: number): Promise<void>;
  command(port: number): Omit<ChildOptions, 'stdio'>;
  /** False while it is still starting. `log` is what this start has written so far. */
  isReady(port: number, log: string): Promise<boolean> | boolean;
  readyWithinMs: number;
  /** Ends helpers of the server, once it has ended in order. */
  afterStop?(): Promise<unknown> | undefined;
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
    const path = relative('', dir);
    this.origin = `private, ${path.startsWith('..') ? dir : path}`;
    this.logFile = join(dir, 'server.log');
  }

  /** Ends what a dead earlier run may have left in this directory, and takes the earlier port if it is free. */
  static async in(dir: string, recipe: Recipe): Promise<PrivateServer> {
    mkdirSync(dir, { recursive: true });
    const earlier = readState(dir);
    await endLeftOver(earlier.process);
    const port = earlier.port && (await isFree(earlier.port)) ? earlier.port : await freePort();
    writeState(dir, { port });
    return new PrivateServer(dir, recipe, port);
  }

  get isRunning(): boolean {
    return this.child?.isRunning ?? false;
  }

  async start(): Promise<void> {
    if (this.isRunning) return;
    await this.recipe.prepare?.(this.port);
    const log = openSync(this.logFile, 'w');
    try {
      this.child = await Child.spawn({ ...this.recipe.command(this.port), stdio: ['ignore', log, log] });
    } finally {
      closeSync(log);
    }
    writeState(this.dir, { port: this.port, process: this.child.identity });
    await this.untilReady(this.child);
  }

  async stop(): Promise<void> {
    await this.child?.stop();
    await this.recipe.afterStop?.();
    writeState(this.dir, { port: this.port });
  }

  async kill(): Promise<void> {
    await this.child?.kill();
  }

  private async untilReady(child: Child): Promise<void> {
    const deadline = Date.now() + this.recipe.readyWithinMs;
    while (child.isRunning && Date.now() < deadline) {
      if (await this.recipe.isReady(this.port, readFileSync(this.logFile, 'utf8'))) return;
      await sleep(50);
    }
    const why = child.isRunning ? `was not ready within ${this.recipe.readyWithinMs / 1000} s` : 'ended while starting';
    await child.kill();
    const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-12).join('\n  ');
    throw new UserError(
      `${titles[this.name]} ${why}. Its last lines (all of them: ${this.logFile}):\n  ${lines}\n` +
        `If its data is damaged or from another version, delete ${this.dir} and start again.`,
    );
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
