import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Channel } from 'amqplib';
import { Client, type QueryResultRow } from 'pg';
import { QUEUES } from '@convene/messaging/topology/queues';
import type { TcpProxy } from '@convene/testing/tcp-proxy';
import type { AppProcess } from '../dev/app-process';
import { newKeys } from '../dev/keys';
import { handOver, unprivilegedUser } from '../dev/servers/postgres-user';
import type { ServerHandle, ServerName } from '../dev/servers/server';
import { System } from '../dev/system';
import { appLabels, INSTANCES, SETTINGS, urlsBehind } from './app-settings';
import { onChannel } from './broker-channel';
import { type DiskServer, fillDisk, mountDisks } from './disks';
import { sumOfMetric } from './metrics';
import { signalTree } from './processes';
import { openServers } from './servers';
import { Workload } from './workload/workload';

export interface RigOptions {
  readonly companies: number;
  /** Of the apps, beside what they need. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly undo: (() => unknown)[];
}

const LOOK_EVERY_MS = 50;
const EFFECT_TIMEOUT_MS = 30_000;

/**
 * The five apps, each behind proxies of its own to PostgreSQL, RabbitMQ and Redis, which are private servers, and a
 * workload. Cases break it by what is public here.
 */
export class Rig {
  private turn = 0;
  private readonly frozen = new Set<AppProcess>();

  private constructor(
    private readonly dir: string,
    readonly servers: Readonly<Record<ServerName, ServerHandle>>,
    readonly system: System,
    private readonly proxies: ReadonlyMap<string, TcpProxy>,
    readonly workload: Workload,
    /** Whether PostgreSQL and RabbitMQ have file systems of their own, which can be filled. */
    readonly hasDisks: boolean,
  ) {}

  static async open({ companies, env, undo }: RigOptions): Promise<Rig> {
    const dir = mkdtempSync(join(tmpdir(), 'convene-faults-'));
    handOver(dir, unprivilegedUser());
    undo.push(() => rmSync(dir, { recursive: true, force: true }));
    const hasDisks = mountDisks(dir, undo);
    const { servers, proxies } = await openServers(dir, undo);
    const keys = newKeys();
    const mails = join(dir, 'mails');
    mkdirSync(mails);
    const system = await System.start({
      instances: INSTANCES,
      env: { PATH: process.env['PATH'], ...SETTINGS, ...keys, MAIL_DIR: mails, ...env },
      own: ({ name }, label) => urlsBehind(proxies, name, label),
    });
    undo.push(() => system.stop());
    const rig: Rig = new Rig(
      dir,
      servers,
      system,
      proxies,
      await Workload.create({
        databaseUrl: servers.postgres.url,
        apiUrl: system.app('api-gateway').url,
        wsUrl: () => rig.nextGateway(),
        jwtPrivateKey: keys.JWT_PRIVATE_KEY,
        companies,
      }),
      hasDisks,
    );
    undo.push(() => rig.workload.disconnect());
    await rig.workload.connect();
    return rig;
  }

  /** The proxy between an app and a server. */
  proxy(label: string, server: ServerName): TcpProxy {
    const proxy = this.proxies.get(`${label} ${server}`);
    if (!proxy) throw new Error(`There is no proxy between ${label} and ${server}`);
    return proxy;
  }

  app(label: string): AppProcess {
    const app = this.system.apps.find((each) => each.label === label);
    if (!app) throw new Error(`There is no ${label}`);
    return app;
  }

  /** The proxies of all apps to a server. */
  proxiesTo(server: ServerName): TcpProxy[] {
    return appLabels().map((label) => this.proxy(label, server));
  }

  /** Stops all processes of a server where they are. @returns how to let them go on. */
  freeze(server: ServerName): () => void {
    const pid = this.pidOf(server);
    signalTree(pid, 'SIGSTOP');
    return () => signalTree(pid, 'SIGCONT');
  }

  /** Kills all processes of a server at one moment: its children would write what they have in hand when they see it gone. */
  async killAll(server: ServerName): Promise<void> {
    signalTree(this.pidOf(server), 'SIGKILL');
    await this.servers[server].kill();
  }

  /** Stops a process where it is. No load balancer leads anyone to it, as its probes fail. @returns how to let it go on. */
  freezeApp(label: string): () => void {
    const app = this.app(label);
    const pid = app.pid;
    if (pid === undefined) throw new Error(`${label} does not run`);
    signalTree(pid, 'SIGSTOP');
    this.frozen.add(app);
    return () => {
      this.frozen.delete(app);
      signalTree(pid, 'SIGCONT');
    };
  }

  /** Fills the file system of a server, but for some MB. @returns how to free it again. */
  fillDisk(server: DiskServer, leaveMb = 0): () => void {
    return fillDisk(join(this.dir, server), leaveMb);
  }

  /** Stops the workers, lets messages gather in the queues, does `work` to them, and starts the workers. @returns how many gathered. */
  async withGatheredMessages(atLeast: number, work: (channel: Channel) => Promise<unknown>): Promise<number> {
    const workers = this.system.apps.filter(({ name }) => name.endsWith('-worker'));
    await Promise.all(workers.map((worker) => worker.stop()));
    const gathered = await this.withBroker(async (channel) => {
      const count = await this.until(`${atLeast} messages in the queues`, async () => {
        let total = 0;
        for (const queue of QUEUES) total += (await channel.checkQueue(queue)).messageCount;
        return total >= atLeast && total;
      });
      await work(channel);
      return count;
    });
    await Promise.all(workers.map((worker) => worker.restart()));
    return gathered;
  }

  /** Runs SQL as the owner of the database, directly: not through a proxy. */
  async query<Row extends QueryResultRow>(statement: string, values: unknown[] = []): Promise<Row[]> {
    const client = await this.connect();
    try {
      return (await client.query<Row>(statement, values)).rows;
    } finally {
      await client.end();
    }
  }

  async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.servers.postgres.url });
    // A case may end the server meanwhile: the statement under way reports it.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Runs `work` on a channel to the broker, directly. */
  withBroker<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    return onChannel(this.servers.rabbitmq.url, work);
  }

  /** The sum of a metric over apps and all its label sets that contain `label`, as in `outcome="returned"`. */
  metrics(labels: readonly string[], name: string, label = ''): Promise<number> {
    return sumOfMetric(
      labels.map((each) => this.app(each).internalUrl),
      name,
      label,
    );
  }

  /** Repeats `look` until it returns a value. @throws when the fault had no such effect in time. */
  async until<T>(
    what: string,
    look: () => Promise<T | undefined | false> | T | undefined | false,
    withinMs = EFFECT_TIMEOUT_MS,
  ): Promise<T> {
    for (const end = Date.now() + withinMs; Date.now() < end; await wait(LOOK_EVERY_MS)) {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      if (this.workload.failure) throw this.workload.failure;
    }
    throw new Error(`The fault had no effect: not seen within ${withinMs / 1_000} s: ${what}`);
  }

  /** Resolves when so many more events wait in the outbox, or operations have been accepted: work went on meanwhile. */
  async pending(atLeast: number): Promise<string> {
    const count = await this.until(`${atLeast} pending events`, async () => {
      const [row] = await this.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM domain_events WHERE published_at IS NULL',
      );
      return row && row.n >= atLeast && row.n;
    });
    return `${count} events were pending`;
  }

  /** Resolves when callers were refused or cut off so often since `before`. */
  async failing(atLeast: number, before = this.failures): Promise<string> {
    const count = await this.until(`${atLeast} failing calls`, () => {
      const more = this.failures - before;
      return more >= atLeast && more;
    });
    return `${count} calls failed`;
  }

  /** Resolves when Redis has not taken so many frames since now: they reach their devices by another way. */
  async framesRefused(atLeast: number): Promise<string> {
    const refused = () => this.metrics(['api-gateway', 'notifications-worker'], 'realtime_publish_failures_total');
    const before = await refused();
    const count = await this.until(`${atLeast} frames that Redis did not take`, async () => {
      const more = (await refused()) - before;
      return more >= atLeast && more;
    });
    return `${count} frames were not taken`;
  }

  /** Resolves when so many operations have been accepted from now on, however slow the machine. @throws when none is for long */
  async accepting(atLeast: number): Promise<void> {
    const { calls } = this.workload;
    const all = calls.accepted + atLeast;
    while (calls.accepted < all) {
      const before = calls.accepted;
      await this.until(`the next of ${atLeast} accepted operations`, () => calls.accepted > before);
    }
  }

  get failures(): number {
    const { refused, broken } = this.workload.calls;
    return refused + broken;
  }

  private pidOf(server: ServerName): number {
    return Number(readFileSync(join(this.dir, server, 'server.pid'), 'utf8'));
  }

  private nextGateway(): string {
    const gateways = this.system.apps.filter(
      (app) => app.name === 'ws-gateway' && app.isRunning && !this.frozen.has(app),
    );
    return gateways[this.turn++ % gateways.length]?.url ?? this.system.app('ws-gateway').url;
  }
}
