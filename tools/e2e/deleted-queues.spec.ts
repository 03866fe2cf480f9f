import { setTimeout as wait } from 'node:timers/promises';
import { queueNames } from '@convene/messaging/topology/declare';
import { DEFAULT_RETRIES } from '@convene/messaging/topology/retry-levels';
import { atRate } from '@convene/tools/simulated-users/pace';
import { TestSystem } from './test-support/test-system';

const RATE = 30;
const SECONDS = 12;
const QUIET_MS = 3_000;

describe('every queue deleted under load', () => {
  it('delays events and loses none', async () => {
    const env = { SWEEP_AGE_MS: '3000', SWEEP_EVERY_MS: '1000', WS_COMPARE_INTERVAL_MS: '2000' };
    await TestSystem.with({ env }, async (system) => {
      const userPairs = await system.connectPairs(150);

      const writing = atRate(RATE, SECONDS, () => userPairs.write());
      for (const moment of [3_000, 3_000]) {
        await wait(moment);
        await system.withBroker(async (channel) => {
          for (const queue of queueNames(DEFAULT_RETRIES)) await channel.deleteQueue(queue);
        });
      }
      await writing;
      await userPairs.settled(90_000);
      await system.quiet();
      expect(await system.faults(userPairs)).toEqual([]);

      // Each deletion was one fault of each channel that consumed a queue: mended long ago, and nothing goes on since.
      const before = await reopenings(system);
      await wait(QUIET_MS);
      expect(await reopenings(system)).toEqual(before);
    });
  });

  /** Channels opened again so far, by app and channel. */
  async function reopenings({ processes }: TestSystem): Promise<string[]> {
    const metrics = await Promise.all(
      processes.apps.map(async ({ label, internalUrl }) => {
        const text = await (await fetch(`${internalUrl}/metrics`)).text();
        return text.match(/^rabbitmq_channel_reopenings_total.*$/gm)?.map((line) => `${label} ${line}`) ?? [];
      }),
    );
    return metrics.flat();
  }
});
