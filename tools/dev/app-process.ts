import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { nodeFlags } from '../build/node-flags';
import type { App, AppPorts } from './apps';
import { Child } from './child-process';
import { UserError } from './terminal';

const ROOT = resolve(__dirname, '../..');
const READY_TIMEOUT_MS = 60_000;
const LAST_LINES = 15;

/** One app as one process: `node dist/apps/<app>/main.js` on ports that stay the same through restarts. */
export class AppProcess {
  readonly name: string;
  /** Where clients reach a gateway. */
  readonly url: string;
  /** Health and metrics. */
  readonly internalUrl: string;
  private child?: Child;
  private readonly lines: string[] = [];

  constructor(
    app: App,
    /** `invites-worker`, or `invites-worker#2` for the second of several. */
    readonly label: string,
    ports: AppPorts,
    private env: NodeJS.ProcessEnv,
    private readonly onLine?: (name: string, line: string) => void,
    private readonly extraFlags: readonly string[] = [],
  ) {
    this.name = app.name;
    this.url = `http://127.0.0.1:${ports.public}`;
    this.internalUrl = `http://127.0.0.1:${ports.internal}`;
    const variable = app.publicPort?.variable;
    const own = { INTERNAL_PORT: String(ports.internal), ...(variable && { [variable]: String(ports.public) }) };
    this.env = { ...env, ...own };
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

  /** Resolves when the process runs; see untilReady. `env` overrides variables from now on. */
  async start(env: NodeJS.ProcessEnv = {}): Promise<void> {
    this.env = { ...this.env, ...env };
    this.child = await Child.spawn({
      program: process.execPath,
      args: [...this.flags, ...this.extraFlags, join(ROOT, 'dist/apps', this.name, 'main.js')],
      cwd: ROOT,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr] as Readable[]) {
      createInterface(stream).on('line', (line) => {
        if (this.lines.push(line) > LAST_LINES) this.lines.shift();
        this.onLine?.(this.name, line);
      });
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
    try {
      await this.child?.until(() => isReady().catch(() => false), READY_TIMEOUT_MS);
    } catch (error) {
      const why = `${(error as Error).message} (${last})`;
      throw new UserError(`${this.label} ${why}. Its last lines:\n${this.lines.join('\n')}`);
    }
  }

  /** Source maps stay in memory, some tens of MB: in production `deploy/docker/map-stack.mjs` maps stack traces instead. */
  private get flags(): string[] {
    return this.env['NODE_ENV'] === 'production' ? nodeFlags(this.name) : ['--enable-source-maps'];
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
}
