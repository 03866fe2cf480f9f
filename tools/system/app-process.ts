import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../process/child';
import { Remediable } from '../servers/server';
import { type AppName, type AppPorts, apps } from './apps';
import { LogLines } from './log-lines';
import { readable } from './log-format';

const root = resolve(__dirname, '../..');
const readyWithinMs = 60_000;

/** One app as one process: `node dist/apps/<app>/main.js` on ports that stay the same through restarts. */
export class AppProcess {
  /** Everything it has printed, over all its starts. */
  readonly log = new LogLines();
  private child?: Child;
  private leaving = false;

  constructor(
    readonly name: AppName,
    /** `invites-worker`, or `invites-worker#2` for the second of several. */
    readonly label: string,
    readonly ports: AppPorts,
    private env: NodeJS.ProcessEnv,
    /** Called when it ends without having been asked to. */
    private readonly onCrash: (app: AppProcess, how: string) => void,
  ) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get identity() {
    return this.child?.identity;
  }

  get isRunning(): boolean {
    return this.child?.isRunning ?? false;
  }

  /** Where people reach a gateway. */
  get url(): string {
    return `http://127.0.0.1:${this.ports.public}`;
  }

  /** Health and metrics. */
  get internalUrl(): string {
    return `http://127.0.0.1:${this.ports.internal}`;
  }

  /** Resolves when the process runs; see untilReady. `env` overrides variables from now on. */
  async start(env: NodeJS.ProcessEnv = {}): Promise<void> {
    this.env = { ...this.env, ...env };
    this.leaving = false;
    const variable = apps[this.name].publicPort?.variable;
    const child = await Child.spawn({
      program: process.execPath,
      args: ['--enable-source-maps', join(root, 'dist/apps', this.name, 'main.js')],
      cwd: root,
      env: {
        ...this.env,
        INTERNAL_PORT: String(this.ports.internal),
        ...(variable && { [variable]: String(this.ports.public) }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      stopSignal: 'SIGTERM',
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr] as Readable[]) {
      createInterface(stream).on('line', (line) => this.log.add(line));
    }
    void child.ended.then((how) => {
      if (!this.leaving && this.child === child) this.onCrash(this, how);
    });
  }

  /** Resolves once /health/ready answers 200; otherwise says what kept it, with its last lines. */
  async untilReady(): Promise<void> {
    const deadline = Date.now() + readyWithinMs;
    let last = 'its internal port does not answer';
    while (this.isRunning && Date.now() < deadline) {
      try {
        const response = await fetch(`${this.internalUrl}/health/ready`, { signal: AbortSignal.timeout(5_000) });
        if (response.ok) return;
        last = await response.text();
      } catch {
        // not listening yet
      }
      await sleep(100);
    }
    const why = this.isRunning ? `is not ready after ${readyWithinMs / 1000} s: ${last}` : 'ended while starting';
    throw new Remediable(`${this.label} ${why}\n${this.lastLines()}`);
  }

  /** Ends it in order (SIGTERM) and resolves to how it ended. */
  async stop(): Promise<string> {
    this.leaving = true;
    return (await this.child?.stop()) ?? 'never started';
  }

  /** Sends a signal; with SIGKILL, resolves when the process is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.leaving = true;
    this.child?.signal(signal);
    if (signal === 'SIGKILL') await this.child?.ended;
  }

  /** Ends it (in order, unless it is dead already) and starts it again on the same ports; resolves when it is ready. */
  async restart(env: NodeJS.ProcessEnv = {}): Promise<void> {
    if (this.isRunning) await this.stop();
    await this.start(env);
    await this.untilReady();
  }

  /** The first line that matches, be it printed already or still to come. */
  waitForLog(pattern: RegExp, options: { from?: number; timeoutMs?: number } = {}): Promise<string> {
    return this.log.find(pattern, options).catch(() => {
      throw new Error(`${this.label} printed nothing like ${pattern}\n${this.lastLines()}`);
    });
  }

  lastLines(count = 15): string {
    const lines = this.log.lines.slice(-count).map((line) => `  ${readable(line)}`);
    return lines.length > 0 ? `Its last lines:\n${lines.join('\n')}` : 'It has printed nothing.';
  }
}
