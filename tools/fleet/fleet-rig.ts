import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewaysView } from '@convene/contracts/ops/gateways';
import { freePort } from '@convene/testing/ports';
import { RedisCluster } from '@convene/testing/redis-cluster';
import type { AppProcess } from '../dev/app-process';
import { newKeys } from '../dev/keys';
import { System } from '../dev/system';
import { Rig, type RigOptions } from '../faults/rig';
import { Workload } from '../faults/workload/workload';
import { EXIT } from '../ops/exit-codes';
import { runOps } from '../ops/program';
import { fleetEnv, INSTANCES, OPS_SECRET, ownEnv } from './fleet-env';
import { programs } from './programs';
import { LoadBalancer } from './servers/load-balancer';
import { Pgbouncer } from './servers/pgbouncer';
import { PostgresCluster } from './servers/postgres-cluster';
import { RabbitmqCluster } from './servers/rabbitmq-cluster';

interface Servers {
  readonly brokers: RabbitmqCluster;
  readonly redis: RedisCluster;
  readonly postgres: PostgresCluster;
  readonly pgbouncer: Pgbouncer;
}

/**
 * Two of each app behind nginx, on three brokers, a Redis Cluster, and PgBouncer before a PostgreSQL with two synchronous
 * standbys. Everything is a process of this machine.
 */
export class FleetRig extends Rig {
  private constructor(
    readonly servers: Servers,
    readonly balancer: LoadBalancer,
    private readonly opsUrl: string,
    system: System,
    workload: Workload,
  ) {
    super(system, workload);
  }

  static async open({ companies, env, undo }: RigOptions): Promise<FleetRig> {
    const { nginx, pgbouncer } = programs();
    const dir = mkdtempSync(join(tmpdir(), 'convene-fleet-'));
    undo.push(() => rmSync(dir, { recursive: true, force: true }));
    const start = async <T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> => {
      const server = await starting;
      undo.push(() => server.stop());
      return server;
    };
    const starting = [
      start(RabbitmqCluster.start()),
      start(RedisCluster.start()),
      start(PostgresCluster.start({ standbys: 2, synchronous: true })).then(
        async (cluster) => [cluster, await start(Pgbouncer.start(pgbouncer, cluster.primaryUrl))] as const,
      ),
    ] as const;
    // Also when one fails: until then the others could not be undone.
    await Promise.allSettled(starting);
    const [brokers, redis, [postgres, pool]] = await Promise.all(starting);
    const servers = { brokers, redis, postgres, pgbouncer: pool };

    const mails = join(dir, 'mails');
    mkdirSync(mails);
    const [keys, opsPort] = [newKeys(), await freePort()];
    const system = await start(
      System.start({
        instances: INSTANCES,
        env: { ...fleetEnv(redis.urls, brokers.urls), ...keys, MAIL_DIR: mails, ...env },
        own: ownEnv(pool.url, opsPort),
      }),
    );
    const balancer = await start(LoadBalancer.nginx(nginx, gatewaysOf(system)));
    const workload = await Workload.create({
      databaseUrl: postgres.primaryUrl,
      apiUrl: balancer.url,
      wsUrl: () => balancer.url,
      jwtPrivateKey: keys.JWT_PRIVATE_KEY,
      companies,
    });
    undo.push(() => workload.disconnect());
    await workload.connect();
    return new FleetRig(servers, balancer, `http://127.0.0.1:${opsPort}`, system, workload);
  }

  /**
   * Runs `work`. Calls may be cut off meanwhile: nginx closes idle connections when it reloads, and a caller may just have sent a
   * call on one. @throws when one was refused, because nginx found no gateway that takes it.
   */
  async withoutRefusal(work: () => Promise<string>): Promise<string> {
    const { refused, broken } = { ...this.workload.calls };
    const proof = await work();
    const { calls } = this.workload;
    if (calls.refused > refused) throw new Error(`${calls.refused - refused} calls were refused`);
    return `${proof}, no call was refused, ${calls.broken - broken} were cut off`;
  }

  /** Resolves when so many commits wait for a standby that has them. */
  waitingForStandby(atLeast: number): Promise<number> {
    return this.until(`${atLeast} commits that wait for a standby`, async () => {
      const [row] = await this.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event = 'SyncRep'`,
      );
      return row && row.n >= atLeast && row.n;
    });
  }

  /** Stops a process in order and starts it again; before a gateway is stopped, nobody new is led to it. */
  async replace(app: AppProcess): Promise<void> {
    if (app.name.endsWith('-gateway')) await this.without(app, () => app.restart());
    else await app.restart();
  }

  /** Runs `npm run ops`, again if a server did not answer in time. @returns its JSON. */
  ops<T>(...args: string[]): Promise<T> {
    const env = { OPS_URL: this.opsUrl, OPS_SECRET, OPS_NAME: 'fleet' };
    return this.until<T>(`an answer to ops ${args.join(' ')}`, async () => {
      const lines: string[] = [];
      const print = (text: string) => void lines.push(text);
      const code = await runOps([...args, '--json'], { env, out: print, err: print });
      if (code === EXIT.unavailable) return undefined;
      if (code !== EXIT.ok) throw new Error(`ops ${args.join(' ')} ended with ${code}: ${lines.join(' ')}`);
      return JSON.parse(lines.join('\n')) as T;
    });
  }

  /** The ws-gateways as `ops drain` lists them. */
  async gateways(): Promise<GatewaysView['data']> {
    return (await this.ops<GatewaysView>('drain')).data;
  }

  /** Of the ws-gateways, the one whose readiness fails. */
  async drainedGateway(): Promise<AppProcess> {
    for (const app of this.system.apps.filter(({ name }) => name === 'ws-gateway')) {
      if (!(await fetch(`${app.internalUrl}/health/ready`)).ok) return app;
    }
    throw new Error('Every ws-gateway is ready');
  }

  /** Leads nobody new to a gateway while `work` goes on. */
  async without(gateway: AppProcess, work: () => Promise<unknown>): Promise<void> {
    await this.balancer.leaveOut(hostOf(gateway));
    await work();
    await this.balancer.leaveOut();
  }

  protected get databaseUrl(): string {
    return this.servers.postgres.primaryUrl;
  }

  protected get brokerUrl(): string {
    return this.servers.brokers.url;
  }
}

const hostOf = ({ url }: AppProcess) => new URL(url).host;

function gatewaysOf({ apps }: System) {
  const of = (name: string) => apps.filter((app) => app.name === name).map(hostOf);
  return { apiGateways: of('api-gateway'), wsGateways: of('ws-gateway') };
}
