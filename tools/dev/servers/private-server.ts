import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { becomeFree, freePorts } from '@convene/testing/ports';
import { Child, type ChildOptions } from '../child-process';
import { UserError } from '../terminal';
import { readyLines, type ServerHandle, type ServerName, titles, urlOf } from './server';

const READY_TIMEOUT_MS = 120_000;
/** Longer than the leash of a killed owner takes to end the server. */
const LEFT_OVER_TIMEOUT_MS = 15_000;

/** What differs between the three servers. */
export interface Recipe extends Omit<ChildOptions, 'stdio'> {
  name: ServerName;
  /** Creates what the server needs in its directory; runs before every start and leaves existing data alone. */
  prepare?: () => Promise<void>;
  /** Ends helpers of the server, once it has ended in order. */
  afterStop?: () => Promise<unknown> | undefined;
}

/** A server of our own: its data, log and ports lie in one directory. */
export class PrivateServer implements ServerHandle {
  readonly name: ServerName;
  readonly url: string;
  readonly origin: string;
  private readonly logFile: string;
  private child?: Child;

  constructor(
    private readonly dir: string,
    port: number,
    private readonly recipe: Recipe,
  ) {
    this.name = recipe.name;
    this.url = urlOf[recipe.name](port);
    const inside = relative('', dir);
    this.origin = `private, ${inside.startsWith('..') ? dir : inside}`;
    this.logFile = join(dir, 'server.log');
  }

  get isRunning(): boolean {
    return this.child?.isRunning ?? false;
  }

  async start(): Promise<void> {
    if (this.isRunning) return;
    const { prepare, ...options } = this.recipe;
    await prepare?.();
    const log = openSync(this.logFile, 'w');
    const child = await Child.spawn({ ...options, stdio: ['ignore', log, log] }).finally(() => closeSync(log));
    this.child = child;
    writeFileSync(join(this.dir, 'server.pid'), String(child.pid));
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
  }

  async kill(): Promise<void> {
    await this.child?.kill();
  }

  /** What the server has written since it was started last. */
  private get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }
}

/**
 * Three ports for a server (RabbitMQ needs them all), the same at every start unless other programs took one. A server that a
 * killed owner left is about to end, and holds its ports until it does not write its data any more: waits for it.
 */
export async function portsOf(dir: string): Promise<[number, number, number]> {
  const file = join(dir, 'ports.json');
  mkdirSync(dir, { recursive: true });
  const earlier = existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as [number, number, number]);
  if (earlier && (await becomeFree(earlier, LEFT_OVER_TIMEOUT_MS))) return earlier;
  const ports = (await freePorts(3)) as [number, number, number];
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}
