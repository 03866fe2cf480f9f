import { atRate } from '@convene/tools/simulated-users/pace';
import { RabbitmqCluster } from './test-support/rabbitmq-cluster';
import { TestSystem, until } from './test-support/test-system';

const RATE = 20;
const SECONDS = 30;
const SETTLE_MS = 120_000;

describe('a cluster of three brokers under writes', () => {
  let cluster: RabbitmqCluster;
  beforeAll(async () => {
    cluster = await RabbitmqCluster.start();
  });
  afterAll(() => cluster.stop());

  /** The node that leads most queues. */
  async function mainLeader() {
    const [name] = [...(await cluster.leaders())].sort(([, one], [, other]) => other - one)[0] ?? [];
    const node = cluster.nodes.find((each) => each.name === name);
    if (!node) throw new Error(`No node of ours leads queues: ${name}`);
    return node;
  }

  it('loses its leader, twice, and no event: others lead, and the apps find them', async () => {
    const env = { RABBITMQ_URL: cluster.urls };
    await TestSystem.with({ rabbitmqUrl: cluster.nodes[0]?.server.url as string, env }, async (system) => {
      const pairs = await system.connectPairs(40);
      const writing = atRate(RATE, SECONDS, () => pairs.write());

      for (let round = 1; round <= 2; round += 1) {
        const leader = await mainLeader();
        const led = (await cluster.leaders()).get(leader.name);
        expect(led).toBeGreaterThan(0);
        await leader.server.kill();
        await until(async () => {
          const leaders = await cluster.leaders();
          return !leaders.has(leader.name) && leaders.size > 0;
        });
        await leader.server.start();
      }

      expect(await writing).toBe(RATE * SECONDS);
      await pairs.settled(SETTLE_MS);
      await system.quiet();
      expect(await system.faults(pairs)).toEqual([]);
      expect(await system.deadLetters()).toBe(0);
    });
  });
});
