import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { Child } from '@convene/tools/dev/child-process';
import { postgresBin } from '@convene/tools/dev/servers/postgres';
import { handOver, unprivilegedUser } from '@convene/tools/dev/servers/postgres-user';
import { provideServers } from '@convene/tools/dev/servers/provide';
import type { ServerHandle } from '@convene/tools/dev/servers/server';
import { runTool } from '@convene/tools/prisma/run-tool';

/** A PostgreSQL of our own that archives its WAL. Another one, restored from backup and archive, can take its place. */
export class RecoverablePostgres {
  private restored: Child | undefined;

  private constructor(
    private readonly dir: string,
    private readonly primary: ServerHandle,
    readonly bin: string,
  ) {}

  static async start(): Promise<RecoverablePostgres> {
    const bin = postgresBin();
    if (!bin) throw new Error('A restore needs the programs of PostgreSQL on this machine');
    const dir = mkdtempSync(join(tmpdir(), 'convene-e2e-recovery-'));
    const user = unprivilegedUser();
    handOver(dir, user);
    const [primary] = await provideServers({ names: ['postgres'], dir, profile: 'test' });
    if (!primary) throw new Error('No PostgreSQL of our own');
    const postgres = new RecoverablePostgres(dir, primary, bin);
    mkdirSync(postgres.archive);
    handOver(postgres.archive, user);
    await primary.start();
    await postgres.query(`ALTER SYSTEM SET archive_mode = on`);
    await postgres.query(
      `ALTER SYSTEM SET archive_command = 'test ! -f ${postgres.archive}/%f && cp %p ${postgres.archive}/%f'`,
    );
    await primary.stop();
    await primary.start();
    const { code, output } = await runTool('migrate-cli.ts', { DATABASE_URL: primary.url }, '--grants');
    if (code !== 0) throw new Error(output);
    return postgres;
  }

  get url(): string {
    return this.primary.url;
  }

  get archive(): string {
    return join(this.dir, 'archive');
  }

  get backup(): string {
    return join(this.dir, 'backup');
  }

  get data(): string {
    return join(this.dir, 'restored');
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
    await this.primary.kill();
    rmSync(join(this.dir, 'postgres'), { recursive: true, force: true });
  }

  /** Starts the server on `data`, at the same address. Resolves when it has recovered and takes writes. */
  async startRestored(): Promise<void> {
    const user = unprivilegedUser();
    if (user) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, this.data]);
    const settings = { port: new URL(this.url).port, listen_addresses: '127.0.0.1', unix_socket_directories: '' };
    this.restored = await Child.spawn({
      program: join(this.bin, 'postgres'),
      args: [
        '-D',
        this.data,
        ...Object.entries({ ...settings, max_connections: '400' }).map((pair) => `--${pair.join('=')}`),
      ],
      ...user,
      cwd: '/',
      stdio: 'ignore',
      stopSignal: 'SIGINT',
    });
    const isPrimary = () =>
      this.query<{ recovering: boolean }>('SELECT pg_is_in_recovery() AS recovering').then(
        ([row]) => row?.recovering === false,
        () => false,
      );
    await this.restored.until(isPrimary, 60_000);
  }

  async stop(): Promise<void> {
    await this.restored?.kill();
    await this.primary.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
