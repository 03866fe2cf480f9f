import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findProgram } from '@convene/testing/find-program';
import { freePort } from '@convene/testing/ports';
import type { PrivateServer } from '../../dev/servers/private-server';
import { privateRabbitmq } from '../../dev/servers/rabbitmq';

const NAMES = [1, 2, 3].map((number) => `convene${number}@localhost`);

interface Broker {
  readonly name: string;
  readonly server: PrivateServer;
}

/** Three brokers of our own, one cluster: a quorum queue that is declared here has a replica on each. */
export class RabbitmqCluster {
  private constructor(
    private readonly dir: string,
    private readonly epmdPort: number,
    private readonly brokers: readonly Broker[],
  ) {}

  static async start(): Promise<RabbitmqCluster> {
    const dir = mkdtempSync(join(tmpdir(), 'convene-cluster-'));
    const [epmdPort, cookie] = [await freePort(), randomBytes(10).toString('hex')];
    const peers = NAMES.map((name, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${name}\n`);
    const rabbitmqConfig = `cluster_formation.peer_discovery_backend = classic_config\n${peers.join('')}`;
    const brokers: Broker[] = [];
    for (const name of NAMES) {
      const rabbitmqNode = { name, cookie, epmdPort };
      const server = await privateRabbitmq(join(dir, name), { profile: 'test', rabbitmqConfig, rabbitmqNode });
      if (!server) throw new Error('A cluster needs the programs of RabbitMQ on this machine');
      brokers.push({ name, server });
    }
    const [first, ...others] = brokers as [Broker, ...Broker[]];
    // What the others find and join.
    await first.server.start();
    await Promise.all(others.map(({ server }) => server.start()));
    return new RabbitmqCluster(dir, epmdPort, brokers);
  }

  /** RABBITMQ_URL of the apps. */
  get urls(): string {
    return this.brokers.map(({ server }) => server.url).join(',');
  }

  /** Of a broker that runs. */
  get url(): string {
    return this.running.server.url;
  }

  /** The broker that leads most queues, and how many. */
  async mainLeader(): Promise<Broker & { readonly leads: number }> {
    const [[name, leads] = []] = [...(await this.leaders())].sort(([, one], [, other]) => other - one);
    const found = this.brokers.find((each) => each.name === name);
    if (!found || leads === undefined) throw new Error('No broker leads a queue');
    return { ...found, leads };
  }

  /** Kills the broker that leads most queues; resolves when others lead all of them. @returns it, to be started again. */
  async killLeader(): Promise<Broker & { readonly leads: number }> {
    const leader = await this.mainLeader();
    await leader.server.kill();
    for (;;) {
      const leaders = await this.leaders();
      if (!leaders.has(leader.name) && leaders.size > 0) return leader;
      await wait(50);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.brokers.map(({ server }) => server.stop()));
    rmSync(this.dir, { recursive: true, force: true });
  }

  private get running(): Broker {
    const found = this.brokers.find(({ server }) => server.isRunning);
    if (!found) throw new Error('No broker runs');
    return found;
  }

  /** How many queues each broker leads, as a running one says. */
  private async leaders(): Promise<Map<string, number>> {
    const asked = this.running;
    const rabbitmqctl = findProgram('rabbitmqctl', ['/usr/lib/rabbitmq/bin']);
    if (!rabbitmqctl) throw new Error('rabbitmqctl is not on this machine');
    const env = {
      PATH: process.env['PATH'],
      LANG: 'C.UTF-8',
      HOME: join(this.dir, asked.name, 'home'),
      ERL_EPMD_PORT: String(this.epmdPort),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_ALLOW_INPUT: '1',
    };
    const args = ['-n', asked.name, '--quiet', '--no-table-headers', 'list_queues', 'leader'];
    const { stdout } = await promisify(execFile)(rabbitmqctl, args, { env });
    const counts = new Map<string, number>();
    for (const name of stdout.split('\n').filter((line) => line.includes('@')))
      counts.set(name.trim(), (counts.get(name.trim()) ?? 0) + 1);
    return counts;
  }
}
