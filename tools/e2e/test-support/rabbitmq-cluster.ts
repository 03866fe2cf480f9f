import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@convene/testing/find-program';
import { freePort } from '@convene/testing/ports';
import type { PrivateServer } from '@convene/tools/dev/servers/private-server';
import { privateRabbitmq } from '@convene/tools/dev/servers/rabbitmq';

const NAMES = [1, 2, 3].map((number) => `convene${number}@localhost`);

interface Node {
  readonly name: string;
  readonly server: PrivateServer;
}

/** Three brokers of our own, one cluster: a quorum queue that is declared here has a replica on each. */
export class RabbitmqCluster {
  private constructor(
    private readonly dir: string,
    private readonly epmdPort: number,
    readonly nodes: readonly Node[],
  ) {}

  static async start(): Promise<RabbitmqCluster> {
    const dir = mkdtempSync(join(tmpdir(), 'convene-e2e-cluster-'));
    const [epmdPort, cookie] = [await freePort(), randomBytes(10).toString('hex')];
    const peers = NAMES.map((name, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${name}\n`);
    const rabbitmqConfig = `cluster_formation.peer_discovery_backend = classic_config\n${peers.join('')}`;
    const nodes: Node[] = [];
    for (const name of NAMES) {
      const rabbitmqNode = { name, cookie, epmdPort };
      const server = await privateRabbitmq(join(dir, name), { profile: 'test', rabbitmqConfig, rabbitmqNode });
      if (!server) throw new Error('A cluster needs the programs of RabbitMQ on this machine');
      nodes.push({ name, server });
      await server.start();
    }
    return new RabbitmqCluster(dir, epmdPort, nodes);
  }

  /** RABBITMQ_URL of the apps. */
  get urls(): string {
    return this.nodes.map(({ server }) => server.url).join(',');
  }

  /** How many queues each node leads, as a running node says. */
  async leaders(): Promise<Map<string, number>> {
    const asked = this.nodes.find(({ server }) => server.isRunning);
    if (!asked) throw new Error('No node runs');
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

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map(({ server }) => server.stop()));
    rmSync(this.dir, { recursive: true, force: true });
  }
}
