import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type App, type AppPorts } from './apps';
import { Child } from './child-process';
import { readable } from './log-format';
import { UserError } from './terminal';

const ROOT = resolve(__dirname, '../..');
const READY_TIMEOUT_MS = 60_000;
const LAST_LINES = 15;

export interface AppEvents {
  onLine?: (app: AppProcess, line: string) => void;
  /** The app ended without a call of `stop` or `kill`. */
  onCrash?: (app: AppProcess, how: string) => void;
}

/** One app as one process: `node dist/apps/<app>/main.js` on ports that stay the same through restarts. */
export class AppProcess {
  readonly name: string;
  private child?: Child;
  private stopping = false;
  private readonly lines: string[] = [];

  constructor(
    private readonly app: App,
    /** `invites-worker`, or `invites-worker#2` for the second of several. */
    readonly label: string,
    private readonly ports: AppPorts,
    private env: NodeJS.ProcessEnv,
    private readonly events: AppEvents,
  ) {
    this.name = app.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get identity() {
    return this.child?.identity;
  }

  get isRunning(): boolean {
    return this.child?.isRunning ?? false;
  }

  /** Where clients reach a gateway. */
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
    this.stopping = false;
    const variable = this.app.publicPort?.variable;
    const child = await Child.spawn({
      program: process.execPath,
      args: ['--enable-source-maps', join(ROOT, 'dist/apps', this.name, 'main.js')],
      cwd: ROOT,
      env: {
        ...this.env,
        INTERNAL_PORT: String(this.ports.internal),
        ...(variable && { [variable]: String(this.ports.public) }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr] as Readable[]) {
      createInterface(stream).on('line', (line) => this.print(line));
    }
    void child.ended.then((how) => {
      if (!this.stopping && this.child === child) this.events.onCrash?.(this, how);
    });
  }

  /** Resolves once /health/ready answers 200; otherwise the error names the reason and the last lines. */
  async untilReady(): Promise<void> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    let last = 'its internal port does not answer';
    while (this.isRunning && Date.now() < deadline) {
      try {
        const response = await fetch(`${this.internalUrl}/health/ready`, { signal: AbortSignal.timeout(5_000) });
        if (response.ok) return;
        last = await response.text();
      } catch {
        // does not listen yet
      }
      await sleep(100);
    }
    const why = this.isRunning ? `is not ready after ${READY_TIMEOUT_MS / 1000} s: ${last}` : 'ended while starting';
    throw new UserError(`${this.label} ${why}\n${this.lastLines()}`);
  }

  /** Ends it in order (SIGTERM). */
  /** @returns how it ended: `exit code 0` when it shut down in order. */
  async stop(): Promise<string | undefined> {
    this.stopping = true;
    return this.child?.stop();
  }

  async kill(): Promise<void> {
    this.stopping = true;
    await this.child?.kill();
  }

  /** Ends it (in order, unless it is dead already) and starts it again on the same ports; resolves when it is ready. */
  async restart(env: NodeJS.ProcessEnv = {}): Promise<void> {
    await this.stop();
    await this.start(env);
    await this.untilReady();
  }

  lastLines(): string {
    const lines = this.lines.map((line) => `  ${readable(line)}`);
    return lines.length > 0 ? `Its last lines:\n${lines.join('\n')}` : 'It has printed nothing.';
  }

  private print(line: string): void {
    this.lines.push(line);
    if (this.lines.length > LAST_LINES) this.lines.shift();
    this.events.onLine?.(this, line);
  }
}
