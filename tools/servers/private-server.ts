import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, type ChildOptions } from '../process/child';
import { type ProcessIdentity, stillRuns } from '../process/identity';
import { freePort, isFree } from './ports';
import { Remediable, type ServerHandle, type ServerName, titles } from './server';

/** What differs between the three servers. */
export interface Recipe {
  name: ServerName;
  /** Creates what the server needs in its directory; runs before every start and leaves existing data alone. */
  prepare(port: number): Promise<void>;
  command(port: number): Omit<ChildOptions, 'stdio'>;
  /** False while it is still starting. `log` is what this start has written so far. */
  isReady(port: number, log: string): Promise<boolean>;
  url(port: number): string;
  readyWithinMs: number;
  /** Puts away helpers of the server once it has ended in order. */
  ended?(): Promise<void> | undefined;
}

interface Memory {
  port: number;
  process?: ProcessIdentity;
}

/** A server of our own: its data, log and memory of itself lie in one directory. */
export class PrivateServer implements ServerHandle {
  readonly name: ServerName;
  readonly origin: string;
  readonly logFile: string;
  private child?: Child;

  private constructor(
    private readonly dir: string,
    private readonly recipe: Recipe,
    private readonly port: number,
  ) {
    this.name = recipe.name;
    this.origin = `private, ${relative('', dir).startsWith('..') ? dir : relative('', dir)}`;
    this.logFile = join(dir, 'server.log');
  }

  /** Ends what a dead earlier run may have left in this directory, and settles the port: the earlier one if it is free. */
  static async in(dir: string, recipe: Recipe): Promise<PrivateServer> {
    mkdirSync(dir, { recursive: true });
    const memory = recall(dir);
    if (memory?.process) await endLeftOver(memory.process);
    const port = memory && (await isFree(memory.port)) ? memory.port : await freePort();
    remember(dir, { port });
    return new PrivateServer(dir, recipe, port);
  }

  get url(): string {
    return this.recipe.url(this.port);
  }

  get isRunning(): boolean {
    return this.child?.isRunning ?? false;
  }

  async start(): Promise<void> {
    if (this.isRunning) return;
    await this.recipe.prepare(this.port);
    const log = openSync(this.logFile, 'w');
    try {
      this.child = await Child.spawn({ ...this.recipe.command(this.port), stdio: ['ignore', log, log] });
    } finally {
      closeSync(log);
    }
    remember(this.dir, { port: this.port, process: this.child.identity });
    await this.untilReady(this.child);
  }

  async stop(): Promise<void> {
    await this.child?.stop();
    await this.recipe.ended?.();
    remember(this.dir, { port: this.port });
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
    throw new Remediable(
      `${titles[this.name]} ${why}. Its last lines (all of them: ${this.logFile}):\n  ${lines}\n` +
        `If its data is damaged or from another version, delete ${this.dir} and start again.`,
    );
  }
}

const memoryFile = (dir: string) => join(dir, 'process.json');

function recall(dir: string): Memory | undefined {
  if (!existsSync(memoryFile(dir))) return undefined;
  try {
    return JSON.parse(readFileSync(memoryFile(dir), 'utf8')) as Memory;
  } catch {
    return undefined; // cut short by a crash while it was written
  }
}

function remember(dir: string, memory: Memory): void {
  writeFileSync(memoryFile(dir), JSON.stringify(memory));
}

async function endLeftOver(identity: ProcessIdentity): Promise<void> {
  for (let waited = 0; stillRuns(identity); waited += 100) {
    if (waited === 0) process.kill(identity.pid, 'SIGTERM');
    if (waited === 15_000) process.kill(identity.pid, 'SIGKILL');
    await sleep(100);
  }
}
