import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

const STOP_TIMEOUT_MS = 30_000;

export interface ChildOptions extends Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid' | 'stdio'> {
  program: string;
  args: string[];
  /** Asks the program to end in order; also sent when this process disappears. SIGTERM by default. */
  stopSignal?: NodeJS.Signals;
  /** Signals go to the descendants of the program, too. */
  group?: boolean;
}

/** A child in a process group of its own (a Ctrl-C in the terminal does not reach it before us) that never outlives this process. */
export class Child {
  readonly pid: number;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Settles when the process has ended: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  isRunning = true;

  private constructor(
    process: ReturnType<typeof spawn>,
    private readonly stopSignal: NodeJS.Signals,
    private readonly target: number,
  ) {
    this.pid = process.pid as number;
    this.stdout = process.stdout;
    this.stderr = process.stderr;
    const release = leash(stopScript(stopSignal.slice(3), target));
    this.ended = new Promise((resolve) =>
      process.once('exit', (code, signal) => {
        this.isRunning = false;
        release();
        resolve(signal ? `signal ${signal}` : `exit code ${code}`);
      }),
    );
  }

  /** Rejects when the program cannot be started at all. */
  static async spawn({ program, args, stopSignal = 'SIGTERM', group, ...options }: ChildOptions): Promise<Child> {
    const process = spawn(program, args, { ...options, detached: true });
    const { pid } = process;
    const child = pid === undefined ? undefined : new Child(process, stopSignal, group ? -pid : pid);
    await once(process, 'spawn');
    return child as Child;
  }

  /** Polls until `isReady`. Rejects when the process ends first, or is too slow. */
  async until(isReady: () => Promise<boolean> | boolean, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (this.isRunning && Date.now() < deadline) {
      if (await isReady()) return;
      await sleep(50);
    }
    throw new Error(this.isRunning ? `is not ready after ${timeoutMs / 1000} s` : 'ended while starting');
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) process.kill(this.target, signal);
  }

  /** Asks the process to end, waits, and kills it after the timeout. */
  async stop(): Promise<string> {
    this.signal(this.stopSignal);
    const timer = setTimeout(() => this.signal('SIGKILL'), STOP_TIMEOUT_MS);
    return this.ended.finally(() => clearTimeout(timer));
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }
}

/** As `stop`, in the shell: an app whose servers end at the same moment may wait for them without end. */
const stopScript = (signal: string, target: number) => `
kill -s ${signal} -- ${target}
for second in 1 2 3 4 5 6 7 8 9 10; do sleep 1; kill -s 0 -- ${target} || exit; done
kill -s KILL -- ${target}`;

/**
 * Runs a shell command when this process ends in any way (kill -9 included): a tiny shell waits for the end of a
 * pipe that only this process holds open. Returns the function that lets go.
 */
export function leash(command: string): () => void {
  const holder = spawn('/bin/sh', ['-c', `read _; ${command}`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  holder.on('error', () => undefined);
  holder.unref();
  (holder.stdin as Socket).unref();
  return () => void holder.kill('SIGKILL');
}
