import { RabbitmqCluster } from '@convene/tools/fleet/servers/rabbitmq-cluster';
import { atRate } from '@convene/tools/simulated-users/pace';
import { TestSystem } from './test-support/test-system';

const RATE = 20;
const SECONDS = 30;
const SETTLE_MS = 120_000;

describe('a cluster of three brokers under writes', () => {
  let cluster: RabbitmqCluster;
  beforeAll(async () => {
    cluster = await RabbitmqCluster.start();
  });
  afterAll(() => cluster.stop());

  it('loses its leader, twice, and no event: others lead, and the apps find them', async () => {
    const env = { RABBITMQ_URL: cluster.urls };
    await TestSystem.with({ rabbitmqUrl: cluster.url, env }, async (system) => {
      const pairs = await system.connectPairs(40);
      const writing = atRate(RATE, SECONDS, () => pairs.write());

      for (let round = 1; round <= 2; round += 1) {
        const leader = await cluster.killLeader();
        expect(leader.leads).toBeGreaterThan(0);
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
