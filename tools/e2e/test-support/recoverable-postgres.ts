import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import type { Child } from '@convene/tools/dev/child-process';
import { handOver } from '@convene/tools/dev/servers/postgres-user';
import { migrateOwn, type OwnPostgres, runCopy, startOwnPostgres } from '@convene/tools/fleet/servers/own-postgres';

/** A PostgreSQL of our own that archives its WAL. Another one, restored from backup and archive, can take its place. */
export class RecoverablePostgres {
  private restored: Child | undefined;

  private constructor(private readonly own: OwnPostgres) {}

  static async start(): Promise<RecoverablePostgres> {
    const own = await startOwnPostgres('recovery');
    const { primary, user } = own;
    const postgres = new RecoverablePostgres(own);
    mkdirSync(postgres.archive);
    handOver(postgres.archive, user);
    await postgres.query(`ALTER SYSTEM SET archive_mode = on`);
    await postgres.query(
      `ALTER SYSTEM SET archive_command = 'test ! -f ${postgres.archive}/%f && cp %p ${postgres.archive}/%f'`,
    );
    await primary.stop();
    await primary.start();
    await migrateOwn(own);
    return postgres;
  }

  get url(): string {
    return this.own.primary.url;
  }

  get bin(): string {
    return this.own.bin;
  }

  get archive(): string {
    return join(this.own.dir, 'archive');
  }

  get backup(): string {
    return join(this.own.dir, 'backup');
  }

  get data(): string {
    return join(this.own.dir, 'restored');
  }

  async query<Row>(statement: string): Promise<Row[]> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query(statement)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  /** Resolves when all that is committed is in the archive. */
  async archived(): Promise<void> {
    const [current] = await this.query<{ file: string }>('SELECT pg_walfile_name(pg_switch_wal()) AS file');
    const last = () =>
      this.query<{ file: string | null }>('SELECT last_archived_wal AS file FROM pg_stat_archiver').then(
        ([row]) => row?.file ?? '',
      );
    while ((await last()) < (current?.file ?? '')) await wait(50);
  }

  /** The server and its disk are gone. */
  async lose(): Promise<void> {
    await this.own.primary.kill();
    rmSync(join(this.own.dir, 'postgres'), { recursive: true, force: true });
  }

  /** Starts the server on `data`, at the same address. Resolves when it has recovered and takes writes. */
  async startRestored(): Promise<void> {
    const { user } = this.own;
    if (user) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, this.data]);
    this.restored = await runCopy(this.own, { data: this.data, port: Number(new URL(this.url).port) });
    const isPrimary = () =>
      this.query<{ recovering: boolean }>('SELECT pg_is_in_recovery() AS recovering').then(
        ([row]) => row?.recovering === false,
        () => false,
      );
    await this.restored.until(isPrimary, 60_000);
  }

  async stop(): Promise<void> {
    await this.restored?.kill();
    await this.own.primary.kill();
    rmSync(this.own.dir, { recursive: true, force: true });
  }
}
