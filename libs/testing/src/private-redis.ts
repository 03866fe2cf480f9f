import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { findProgram } from './find-program';
import { freePort } from './ports';
import { tempDir } from './temp-dir';

/** Undefined where Redis is not installed, such as with containers: specs that start a server of their own are skipped. */
export const redisProgram = findProgram('redis-server');

/** Options of a server without sharded pub/sub, as before version 7. */
export const WITHOUT_SHARDED_PUBSUB = ['SSUBSCRIBE', 'SUNSUBSCRIBE', 'SPUBLISH'].flatMap((command) => [
  '--rename-command',
  command,
  '',
]);

/** A server for one spec, to be configured, killed and restarted. Ends with this process, even if that is killed. */
export class PrivateRedis {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly options: readonly string[],
    private readonly dir: string,
  ) {}

  /** @param options As on the command line, word by word. */
  static async start(...options: string[]): Promise<PrivateRedis> {
    const server = new PrivateRedis(await freePort(), options, tempDir('redis'));
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** After `kill`: on the same port, with other options if any are given. @throws when the server does not start. */
  async start(...options: string[]): Promise<void> {
    const own = options.length > 0 ? options : this.options;
    const where = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.dir, '--save', ''];
    // The shell waits for the end of a pipe that only this process holds open.
    const leash = '"$@" & read _; kill -9 $!; wait $!';
    const child = spawn('/bin/sh', ['-c', leash, 'sh', redisProgram ?? 'redis-server', ...where, ...own], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.child = child;
    const client = new Redis(this.url, { retryStrategy: () => 20, maxRetriesPerRequest: 500 });
    client.on('error', () => undefined);
    try {
      await client.ping();
    } finally {
      client.disconnect();
    }
  }

  /** As `kill -9`; resolves when the process has ended. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child) return;
    this.child = undefined;
    const gone = once(child, 'exit');
    child.stdin?.end();
    await gone;
  }
}
