import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Channel } from 'amqplib';
import { QUEUES } from '@convene/messaging/topology/queues';
import type { TcpProxy } from '@convene/testing/tcp-proxy';
import type { AppProcess } from '../dev/app-process';
import { newKeys } from '../dev/keys';
import { signalTree } from '../dev/process-tree';
import { handOver, unprivilegedUser } from '../dev/servers/postgres-user';
import type { ServerHandle, ServerName } from '../dev/servers/server';
import { System } from '../dev/system';
import { appLabels, INSTANCES, SETTINGS, urlsBehind } from './app-settings';
import { type DiskServer, fillDisk, mountDisks } from './disks';
import { Rig, type RigOptions } from './rig';
import { openServers } from './servers';
import { Workload } from './workload/workload';

/**
 * The five apps, each behind proxies of its own to PostgreSQL, RabbitMQ and Redis, which are private servers, and a
 * workload. Cases break it by what is public here.
 */
export class ProxiedRig extends Rig {
  private turn = 0;
  private readonly frozen = new Set<AppProcess>();

  private constructor(
    private readonly dir: string,
    readonly servers: Readonly<Record<ServerName, ServerHandle>>,
    system: System,
    private readonly proxies: ReadonlyMap<string, TcpProxy>,
    workload: Workload,
    /** Whether PostgreSQL and RabbitMQ have file systems of their own, which can be filled. */
    readonly hasDisks: boolean,
  ) {
    super(system, workload);
  }

  static async open({ companies, env, undo }: RigOptions): Promise<ProxiedRig> {
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
    const rig: ProxiedRig = new ProxiedRig(
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

  protected get databaseUrl(): string {
    return this.servers.postgres.url;
  }

  protected get brokerUrl(): string {
    return this.servers.rabbitmq.url;
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
