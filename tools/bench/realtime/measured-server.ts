import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '@convene/testing/ports';
import { leash } from '../../dev/child-process';
import { profileFlags } from '../profile-flags';

/** What a server process has used so far, and holds now. */
export interface Gauge {
  /** Processor time, user and system, in milliseconds. */
  readonly cpuMs: number;
  /** Bytes resident. */
  readonly rss: number;
  /** Bytes of the JavaScript heap and of what hangs on it outside. */
  readonly held: number;
}

const root = resolve(__dirname, '../../..');
const READY_WITHIN_MS = 30_000;

/** One server in a process of its own, with a gauge in it. */
export class MeasuredServer {
  readonly pid: number;

  private constructor(
    readonly port: number,
    private readonly healthPort: number,
    private readonly process: ChildProcess,
  ) {
    this.pid = process.pid as number;
  }

  /** One of ours, as it is built. */
  static async app(name: string, env: NodeJS.ProcessEnv): Promise<MeasuredServer> {
    const [port, internal] = (await freePorts(2)) as [number, number];
    const ports = { WS_PORT: port, API_PORT: port, INTERNAL_PORT: internal };
    return MeasuredServer.start([join(root, 'dist/apps', name, 'main.js')], env, ports, [port, internal]);
  }

  /** One that is written by hand; it listens at `PORT`. */
  static async byHand(file: string, env: NodeJS.ProcessEnv): Promise<MeasuredServer> {
    const [port] = (await freePorts(1)) as [number];
    return MeasuredServer.start(['--import', 'tsx', file], env, { PORT: port }, [port, port]);
  }

  private static async start(
    args: string[],
    env: NodeJS.ProcessEnv,
    ports: Record<string, number>,
    [port, healthPort]: readonly [number, number],
  ): Promise<MeasuredServer> {
    const child = spawn(
      process.execPath,
      ['--expose-gc', '--require', join(__dirname, 'gauge.cjs'), ...profileFlags(), ...args],
      {
        cwd: root,
        env: { ...process.env, ...env, ...asText(ports), LOG_LEVEL: 'warn' },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    );
    const server = new MeasuredServer(port, healthPort, child);
    // However we end, it does not outlive us.
    const letGo = leash(`kill -KILL ${child.pid}`);
    child.once('exit', letGo);
    await server.untilReady();
    return server;
  }

  measure(): Promise<Gauge> {
    return this.ask('measure');
  }

  /** The same, after everything that is garbage has gone. */
  async collect(): Promise<Gauge> {
    return this.ask('collect');
  }

  /** A command to a server that is written by hand. */
  send(command: object): void {
    this.process.send(command);
  }

  /** Ends it, unless it has ended before. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    const insist = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(insist);
  }

  private async ask(what: string): Promise<Gauge> {
    this.process.send(what);
    for (;;) {
      const [message] = (await once(this.process, 'message')) as [{ gauge?: Gauge }];
      if (message.gauge) return message.gauge;
    }
  }

  private async untilReady(): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (Date.now() < deadline && this.process.exitCode === null) {
      const answer = await fetch(`http://127.0.0.1:${this.healthPort}/health/ready`).catch(() => undefined);
      if (answer?.ok) return;
      await pause(100);
    }
    throw new Error('A server to be measured did not become ready');
  }
}

function asText(ports: Record<string, number>): Record<string, string> {
  return Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
}
