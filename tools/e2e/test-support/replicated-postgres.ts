import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from '@convene/testing/ports';
import type { Child } from '@convene/tools/dev/child-process';
import type { ServerHandle } from '@convene/tools/dev/servers/server';
import { migrateOwn, runCopy, startOwnPostgres } from './own-postgres';

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
    const postgres = await startOwnPostgres('replica');
    const { dir, bin, user, primary } = postgres;
    await migrateOwn(postgres);

    const data = join(dir, 'standby');
    const { hostname, port } = new URL(primary.url);
    const source = ['-h', hostname, '-p', port, '-U', 'convene', '-D', data, '-R', '-X', 'stream', '--checkpoint=fast'];
    await run(join(bin, 'pg_basebackup'), source, { ...user, cwd: '/' });
    const own = await freePort();
    const standby = await runCopy(postgres, data, own);
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
