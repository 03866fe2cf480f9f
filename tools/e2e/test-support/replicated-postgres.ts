import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from '@convene/testing/ports';
import { Child } from '@convene/tools/dev/child-process';
import { postgresBin } from '@convene/tools/dev/servers/postgres';
import { handOver, unprivilegedUser } from '@convene/tools/dev/servers/postgres-user';
import { provideServers } from '@convene/tools/dev/servers/provide';
import type { ServerHandle } from '@convene/tools/dev/servers/server';
import { runTool } from '@convene/tools/prisma/run-tool';

const run = promisify(execFile);

/** A PostgreSQL of our own with a streaming standby, whose replay can be stopped. */
export class ReplicatedPostgres {
  private constructor(
    private readonly dir: string,
    private readonly primary: ServerHandle,
    private readonly standby: Child,
    readonly replicaUrl: string,
  ) {}

  static async start(): Promise<ReplicatedPostgres> {
    const bin = postgresBin();
    if (!bin) throw new Error('A standby needs the programs of PostgreSQL on this machine');
    const dir = mkdtempSync(join(tmpdir(), 'convene-e2e-replica-'));
    const user = unprivilegedUser();
    handOver(dir, user);
    const [primary] = await provideServers({ names: ['postgres'], dir, profile: 'test' });
    if (!primary) throw new Error('No PostgreSQL of our own to replicate');
    await primary.start();
    const { code, output } = await runTool('migrate-cli.ts', { DATABASE_URL: primary.url }, '--grants');
    if (code !== 0) throw new Error(output);

    const data = join(dir, 'standby');
    const { hostname, port } = new URL(primary.url);
    const source = ['-h', hostname, '-p', port, '-U', 'convene', '-D', data, '-R', '-X', 'stream', '--checkpoint=fast'];
    await run(join(bin, 'pg_basebackup'), source, { ...user, cwd: '/' });
    const own = await freePort();
    const settings = ['-c', 'unix_socket_directories=', '-c', 'listen_addresses=127.0.0.1', '-c', 'hot_standby=on'];
    const standby = await Child.spawn({
      program: join(bin, 'postgres'),
      // As many connections as the primary has, or a standby does not start.
      args: ['-D', data, '-p', String(own), ...settings, '-c', 'max_connections=400'],
      ...user,
      cwd: '/',
      stdio: 'ignore',
      stopSignal: 'SIGINT',
    });
    const url = new URL(primary.url);
    url.port = String(own);
    const pair = new ReplicatedPostgres(dir, primary, standby, url.href);
    await pair.untilStandbyAnswers();
    return pair;
  }

  get primaryUrl(): string {
    return this.primary.url;
  }

  /** From now on the standby shows the past. */
  async pauseReplay(): Promise<void> {
    await this.onStandby('SELECT pg_wal_replay_pause()');
  }

  async resumeReplay(): Promise<void> {
    await this.onStandby('SELECT pg_wal_replay_resume()');
  }

  killStandby(): Promise<void> {
    return this.standby.kill();
  }

  /** It receives nothing from now on: what the primary commits is on the primary alone. */
  async partStandby(): Promise<void> {
    await this.onStandby(`ALTER SYSTEM SET primary_conninfo = ''`);
    await this.onStandby('SELECT pg_reload_conf()');
    const receivers = () => this.onStandby('SELECT FROM pg_stat_wal_receiver');
    while ((await receivers()) > 0) await wait(50);
  }

  /** The primary dies, and the standby takes its place at `replicaUrl`. */
  async failOver(): Promise<void> {
    await this.primary.kill();
    await this.onStandby('SELECT pg_promote()');
  }

  async stop(): Promise<void> {
    await this.standby.kill();
    await this.primary.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  private async untilStandbyAnswers(): Promise<void> {
    while (this.standby.isRunning) {
      const answers = await this.onStandby('SELECT 1 FROM users LIMIT 1').then(
        () => true,
        () => false,
      );
      if (answers) return;
      await wait(100);
    }
    throw new Error('The standby ended while it started');
  }

  /** @returns the number of rows. */
  private async onStandby(statement: string): Promise<number> {
    const client = new Client({ connectionString: this.replicaUrl });
    await client.connect();
    try {
      return (await client.query(statement)).rowCount ?? 0;
    } finally {
      await client.end();
    }
  }
}
