import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './ports';
import { PrivateRedis } from './private-redis';

const MASTERS = 3;
const SLOTS = 16_384;
const NODE_TIMEOUT_MS = 1_000;

/** One server of the cluster, and a plain connection to it alone. */
interface Node {
  readonly server: PrivateRedis;
  readonly admin: Redis;
  readonly busPort: number;
  readonly id: string;
}

/** Three masters with a replica each, of which one can be killed, and between which slots can be moved. */
export class RedisCluster {
  private constructor(private readonly nodes: readonly Node[]) {}

  static async start(): Promise<RedisCluster> {
    const cluster = new RedisCluster(await Promise.all(Array.from({ length: MASTERS * 2 }, startNode)));
    const [first, ...others] = cluster.nodes as [Node, ...Node[]];
    const firstSlotOf = (master: number) => Math.floor((master * SLOTS) / MASTERS);
    for (const [index, { admin }] of cluster.masters.entries()) {
      await admin.call('CLUSTER', 'ADDSLOTSRANGE', firstSlotOf(index), firstSlotOf(index + 1) - 1);
    }
    for (const { server, busPort } of others) {
      await first.admin.call('CLUSTER', 'MEET', '127.0.0.1', server.port, busPort);
    }
    await Promise.all(
      cluster.nodes.map((node) => until(async () => (await knownNodes(node)) === cluster.nodes.length)),
    );
    for (const [index, { id }] of cluster.masters.entries()) {
      await cluster.nodes[MASTERS + index]?.admin.call('CLUSTER', 'REPLICATE', id);
    }
    await Promise.all(cluster.nodes.map((node) => until(() => isWhole(node))));
    return cluster;
  }

  /** As REDIS_URL has it. */
  get urls(): string {
    return this.masters.map(({ server }) => server.url).join(',');
  }

  async slotOf(key: string): Promise<number> {
    return this.living.admin.cluster('KEYSLOT', key);
  }

  /** The id of the slot's master. */
  async ownerOf(slot: number): Promise<string> {
    return (await ownerOf(this.living, slot)) ?? '';
  }

  /** How many connections listen to a sharded channel, over all servers. */
  async listeners(channel: string): Promise<number> {
    const living = this.nodes.filter(({ admin }) => admin.status === 'ready');
    const counts = await Promise.all(living.map(({ admin }) => admin.pubsub('SHARDNUMSUB', channel)));
    return counts.reduce((sum: number, [, count]) => sum + Number(count), 0);
  }

  /** Kills the master of a slot; returns when its replica has taken over everywhere. */
  async failOver(slot: number): Promise<void> {
    const [lost, others] = this.split(await this.ownerOf(slot));
    await lost.server.kill();
    await Promise.all(
      others.map((node) => until(async () => (await ownerOf(node, slot)) !== lost.id && (await state(node)) === 'ok')),
    );
  }

  /** Starts the servers that were killed; returns when they are replicas, and in touch with their masters. */
  async restore(): Promise<void> {
    const killed = this.nodes.filter(({ admin }) => admin.status !== 'ready');
    await Promise.all(killed.map(({ server }) => server.start()));
    await Promise.all(this.nodes.map((node) => until(() => isWhole(node))));
  }

  /** Moves a slot with its keys to another master. */
  async move(slot: number): Promise<void> {
    const [source, others] = this.split(await this.ownerOf(slot));
    const owners = new Set(await Promise.all([0, SLOTS / 2, SLOTS - 1].map((one) => this.ownerOf(one))));
    const target = the(others.find(({ id }) => owners.has(id)));
    await target.admin.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', source.id);
    await source.admin.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', target.id);
    const keys = (await source.admin.call('CLUSTER', 'GETKEYSINSLOT', slot, 1_000)) as string[];
    const where = ['127.0.0.1', target.server.port, '', 0, 5_000, 'KEYS'];
    if (keys.length > 0) await source.admin.call('MIGRATE', ...where, ...keys);
    for (const { admin } of [target, source]) await admin.call('CLUSTER', 'SETSLOT', slot, 'NODE', target.id);
  }

  async stop(): Promise<void> {
    for (const { admin } of this.nodes) admin.disconnect();
    await Promise.all(this.nodes.map(({ server }) => server.kill()));
  }

  private get masters(): readonly Node[] {
    return this.nodes.slice(0, MASTERS);
  }

  private get living(): Node {
    return the(this.nodes.find(({ admin }) => admin.status === 'ready'));
  }

  private split(id: string): [Node, Node[]] {
    const others = this.nodes.filter((node) => node.id !== id && node.admin.status === 'ready');
    return [the(this.nodes.find((node) => node.id === id)), others];
  }
}

function the(node: Node | undefined): Node {
  if (!node) throw new Error('There is no such server in the cluster');
  return node;
}

async function startNode(): Promise<Node> {
  const busPort = await freePort();
  const server = await PrivateRedis.start(
    ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
    ...['--cluster-node-timeout', String(NODE_TIMEOUT_MS), '--repl-diskless-sync-delay', '0'],
  );
  const admin = new Redis(server.url, { retryStrategy: () => 100 });
  admin.on('error', () => undefined);
  return { server, admin, busPort, id: (await admin.call('CLUSTER', 'MYID')) as string };
}

async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await pause(20);
}

async function nodeLines({ admin }: Node): Promise<string[][]> {
  const text = (await admin.call('CLUSTER', 'NODES')) as string;
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
}

const knownNodes = async (node: Node) =>
  (await nodeLines(node)).filter(([, , flags]) => !/handshake|noaddr/.test(flags ?? '')).length;

async function state({ admin }: Node): Promise<string | undefined> {
  return /cluster_state:(\w+)/.exec((await admin.call('CLUSTER', 'INFO')) as string)?.[1];
}

/** All slots served, and the replica, if it is one, in touch with its master: only then may that one be killed. */
async function isWhole(node: Node): Promise<boolean> {
  const replication = await node.admin.info('replication');
  const replicas = (await nodeLines(node)).filter(([, , flags]) => flags?.includes('slave')).length;
  const linked = replication.includes('role:master') || replication.includes('master_link_status:up');
  return linked && replicas === MASTERS && (await state(node)) === 'ok';
}

/** The id of the slot's master, as this node sees it. */
async function ownerOf(node: Node, slot: number): Promise<string | undefined> {
  const holds = (range: string) => {
    const [from = NaN, to = from] = range.split('-').map(Number);
    return slot >= from && slot <= to;
  };
  const line = (await nodeLines(node)).find(
    ([, , flags, , , , , , ...slots]) => flags?.includes('master') && slots.some(holds),
  );
  return line?.[0];
}
