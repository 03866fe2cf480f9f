import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from '@convene/testing/ports';
import type { Child } from '../../dev/child-process';
import { signalTree } from '../../dev/process-tree';
import { migrateOwn, type OwnPostgres, runCopy, startOwnPostgres } from './own-postgres';

const run = promisify(execFile);
const STREAM_TIMEOUT_MS = 30_000;

export interface PostgresClusterOptions {
  /** One by default. */
  readonly standbys?: number;
  /** Whether a commit is answered when one of the standbys has it, too. */
  readonly synchronous?: boolean;
}

interface Address {
  readonly name: string;
  readonly url: string;
}

interface Node extends Address {
  pid(): number;
  /** Ends it as a crash would. */
  kill(): Promise<unknown>;
}

/** A PostgreSQL of our own and standbys that stream from it, one of which can take its place. */
export class PostgresCluster {
  private constructor(
    private readonly own: OwnPostgres,
    private first: Node,
    private others: readonly Node[],
  ) {}

  /** Migrated, and with the roles of the apps. */
  static async start({ standbys = 1, synchronous = false }: PostgresClusterOptions = {}): Promise<PostgresCluster> {
    const own = await startOwnPostgres('postgres-cluster');
    const { dir, primary } = own;
    await migrateOwn(own);
    const pidFile = join(dir, 'postgres/server.pid');
    const first: Node = {
      name: 'pg1',
      url: primary.url,
      pid: () => Number(readFileSync(pidFile, 'utf8')),
      kill: () => primary.kill(),
    };
    const cluster = new PostgresCluster(own, first, []);
    // The copies have these, too: a standby that lost its primary looks for it often, and finds what it missed.
    await cluster.set(first.url, { wal_retrieve_retry_interval: '200ms', wal_keep_size: '512MB' });
    const names = Array.from({ length: standbys }, (_, index) => `pg${index + 2}`);
    for (const name of names) await cluster.addStandby(name, await freePort());
    if (synchronous) {
      // On each, because each may become the primary; of those it names, a server never has itself as a standby.
      const any = `ANY 1 (${['pg1', ...names].join(', ')})`;
      for (const { url } of cluster.nodes) await cluster.set(url, { synchronous_standby_names: any });
    }
    return cluster;
  }

  /** Of the server that takes writes. */
  get primaryUrl(): string {
    return this.first.url;
  }

  get primaryName(): string {
    return this.first.name;
  }

  /** Of the first standby. */
  get replicaUrl(): string {
    return this.standby.url;
  }

  /** From now on the standby shows the past. */
  async pauseReplay(): Promise<void> {
    await query(this.standby.url, 'SELECT pg_wal_replay_pause()');
  }

  async resumeReplay(): Promise<void> {
    await query(this.standby.url, 'SELECT pg_wal_replay_resume()');
  }

  /** Kills the first standby. @returns it, to be made anew. */
  async killStandby(): Promise<Address> {
    const { standby } = this;
    this.others = this.others.filter((node) => node !== standby);
    await standby.kill();
    return standby;
  }

  /** The standbys receive nothing from now on: what the primary commits is on the primary alone. */
  async partStandbys(): Promise<void> {
    await Promise.all(this.others.map(({ url }) => this.set(url, { primary_conninfo: '' })));
    await this.untilNoneReceives();
  }

  /** Sets parameters that need no restart. */
  async set(url: string, parameters: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(parameters)) {
      await query(url, `ALTER SYSTEM SET ${name} = '${value}'`);
    }
    await query(url, 'SELECT pg_reload_conf()');
  }

  /**
   * Kills all processes of the primary at one moment: its children would write what they have in hand when they see it gone.
   * @returns it, to be made anew once another is promoted.
   */
  async killPrimary(): Promise<Address> {
    signalTree(this.first.pid(), 'SIGKILL');
    await this.first.kill();
    return this.first;
  }

  /** The standby that has received most takes the place of the primary, which has ended; the others follow it. */
  async promote(): Promise<void> {
    await this.untilNoneReceives();
    const received = await Promise.all(
      this.others.map(async (node) => {
        const [row] = await query<{ at: string }>(node.url, `SELECT pg_last_wal_receive_lsn() - '0/0' AS at`);
        return { node, at: Number(row?.at) };
      }),
    );
    const [most] = received.sort((a, b) => b.at - a.at);
    if (!most) throw new Error('No standby is left');
    await query(most.node.url, 'SELECT pg_promote()');
    const rest = this.others.filter((node) => node !== most.node);
    [this.first, this.others] = [most.node, rest];
    await Promise.all(rest.map(({ url }) => this.set(url, { primary_conninfo: this.conninfo })));
  }

  /** A server that has ended is made anew as a standby, under its name and at its address. */
  async rejoin({ name, url }: Address): Promise<void> {
    await this.addStandby(name, Number(new URL(url).port));
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await this.own.primary.stop();
    rmSync(this.own.dir, { recursive: true, force: true });
  }

  private get nodes(): readonly Node[] {
    return [this.first, ...this.others];
  }

  private get standby(): Node {
    const [standby] = this.others;
    if (!standby) throw new Error('There is no standby');
    return standby;
  }

  private get conninfo(): string {
    const { hostname, port } = new URL(this.first.url);
    return `host=${hostname} port=${port} user=convene`;
  }

  private async addStandby(name: string, port: number): Promise<void> {
    const { dir, bin, user, primary } = this.own;
    const data = join(dir, name);
    rmSync(data, { recursive: true, force: true });
    const source = ['-d', this.conninfo, '-D', data, '-R', '-X', 'stream', '--checkpoint=fast', '--no-sync'];
    await run(join(bin, 'pg_basebackup'), source, { ...user, cwd: '/' });
    const child = await runCopy(this.own, { data, port, name });
    const url = new URL(primary.url);
    url.port = String(port);
    this.others = [...this.others, { name, url: url.href, pid: () => child.pid, kill: () => child.kill() }];
    await this.untilStreams(name, child);
  }

  private async untilStreams(name: string, child: Child): Promise<void> {
    const streams = async () => {
      const rows = await query(
        this.first.url,
        `SELECT FROM pg_stat_replication WHERE application_name = '${name}' AND state = 'streaming'`,
      );
      return rows.length > 0;
    };
    await child.until(streams, STREAM_TIMEOUT_MS);
  }

  private async untilNoneReceives(): Promise<void> {
    for (const { url } of this.others) {
      while ((await query(url, `SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming'`)).length > 0) {
        await wait(50);
      }
    }
  }
}

async function query<Row>(url: string, statement: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows as Row[];
  } finally {
    await client.end();
  }
}
