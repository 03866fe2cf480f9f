import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type App, type AppPorts } from './apps';
import { Child } from './child-process';
import { UserError } from './terminal';

const ROOT = resolve(__dirname, '../..');
const READY_TIMEOUT_MS = 60_000;
const LAST_LINES = 15;

/** One app as one process: `node dist/apps/<app>/main.js` on ports that stay the same through restarts. */
export class AppProcess {
  private child?: Child;
  private readonly lines: string[] = [];

  constructor(
    private readonly app: App,
    /** `invites-worker`, or `invites-worker#2` for the second of several. */
    readonly label: string,
    private readonly ports: AppPorts,
    private env: NodeJS.ProcessEnv,
    private readonly onLine?: (name: string, line: string) => void,
  ) {}

  get name(): string {
    return this.app.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get isRunning(): boolean {
    return this.child?.isRunning ?? false;
  }

  /** Settles when the process has ended: `exit code 1`. */
  get ended(): Promise<string> | undefined {
    return this.child?.ended;
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
    const variable = this.app.publicPort?.variable;
    this.child = await Child.spawn({
      program: process.execPath,
      args: [...flagsFor(this.env), join(ROOT, 'dist/apps', this.name, 'main.js')],
      cwd: ROOT,
      env: {
        ...this.env,
        INTERNAL_PORT: String(this.ports.internal),
        ...(variable && { [variable]: String(this.ports.public) }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr] as Readable[]) {
      createInterface(stream).on('line', (line) => this.print(line));
    }
  }

  /** Resolves once /health/ready answers 200; otherwise the error names the reason and the last lines. */
  async untilReady(): Promise<void> {
    let last = 'its internal port does not answer';
    const isReady = async () => {
      const response = await fetch(`${this.internalUrl}/health/ready`, { signal: AbortSignal.timeout(5_000) });
      last = await response.text();
      return response.ok;
    };
    await this.child
      ?.until(() => isReady().catch(() => false), READY_TIMEOUT_MS)
      .catch(({ message }: Error) => {
        throw new UserError(`${this.label} ${message} (${last}). Its last lines:\n${this.lines.join('\n')}`);
      });
  }

  /** Ends it in order (SIGTERM). Resolves to how it ended: `exit code 0` when it shut down in order. */
  async stop(): Promise<string | undefined> {
    return this.child?.stop();
  }

  async kill(): Promise<void> {
    await this.child?.kill();
  }

  /** Ends it (in order, unless it is dead already) and starts it again on the same ports; resolves when it is ready. */
  async restart(env: NodeJS.ProcessEnv = {}): Promise<void> {
    await this.stop();
    await this.start(env);
    await this.untilReady();
  }

  private print(line: string): void {
    if (this.lines.push(line) > LAST_LINES) this.lines.shift();
    this.onLine?.(this.name, line);
  }
}

/** Source maps stay in memory, some tens of MB: in production `deploy/map-stack.mjs` maps stack traces instead. */
function flagsFor({ NODE_ENV }: NodeJS.ProcessEnv): string[] {
  return NODE_ENV === 'production' ? [] : ['--enable-source-maps'];
}
