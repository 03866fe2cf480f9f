import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { identify, type ProcessIdentity } from './identity';
import { leash } from './leash';

export interface ChildOptions extends Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid' | 'stdio'> {
  program: string;
  args: string[];
  /** What asks this program to end in order; also sent when our own process disappears. */
  stopSignal: NodeJS.Signals;
  /** Signals go to everything it has started, too. */
  group?: boolean;
}

/** A child in a process group of its own (so a Ctrl-C in the terminal does not reach it before us) that never outlives us. */
export class Child {
  readonly pid: number;
  readonly identity: ProcessIdentity;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Settles when the process has ended: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  private running = true;

  private constructor(
    process: ReturnType<typeof spawn>,
    private readonly stopSignal: NodeJS.Signals,
    private readonly target: number,
  ) {
    this.pid = process.pid as number;
    this.identity = identify(this.pid) ?? { pid: this.pid, startedAt: 'ended at once' };
    this.stdout = process.stdout;
    this.stderr = process.stderr;
    const letGo = leash(`kill -${stopSignal.slice(3)} -- ${target}`);
    this.ended = new Promise((resolve) =>
      process.once('exit', (code, signal) => {
        this.running = false;
        letGo();
        resolve(signal ? `signal ${signal}` : `exit code ${code}`);
      }),
    );
  }

  /** Rejects when the program cannot be started at all. */
  static async spawn({ program, args, stopSignal, group, ...options }: ChildOptions): Promise<Child> {
    const process = spawn(program, args, { ...options, detached: true });
    const { pid } = process;
    const child = pid === undefined ? undefined : new Child(process, stopSignal, group ? -pid : pid);
    await once(process, 'spawn');
    return child as Child;
  }

  get isRunning(): boolean {
    return this.running;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) process.kill(this.target, signal);
  }

  /** Asks it to end, waits, and ends it for good when it does not. */
  async stop(graceMs = 30_000): Promise<string> {
    this.signal(this.stopSignal);
    const insist = setTimeout(() => this.signal('SIGKILL'), graceMs);
    const how = await this.ended;
    clearTimeout(insist);
    return how;
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }
}
