import { setTimeout as wait } from 'node:timers/promises';
import { QUEUES } from '@convene/messaging/topology/queues';
import { atRate } from '@convene/tools/people/pace';
import { House } from './house';

const RATE = 30;
const SECONDS = 12;
const QUIET_MS = 3_000;

describe('every queue deleted under load', () => {
  it('costs time, and loses nothing', async () => {
    const env = { SWEEP_AGE_MS: '3000', SWEEP_EVERY_MS: '1000', WS_COMPARE_INTERVAL_MS: '2000' };
    await House.with({ env }, async (house) => {
      const crowd = await house.gather(150);

      const writing = atRate(RATE, SECONDS, () => crowd.write());
      for (const moment of [3_000, 3_000]) {
        await wait(moment);
        await house.withBroker(async (channel) => {
          for (const queue of QUEUES) await channel.deleteQueue(queue);
        });
      }
      await writing;
      await crowd.settled(90_000);
      await house.quiet();
      expect(await house.faults(crowd)).toEqual([]);

      // Each deletion was one fault of each channel that consumed a queue: mended long ago, and nothing goes on since.
      const before = await reopenings(house);
      await wait(QUIET_MS);
      expect(await reopenings(house)).toEqual(before);
    });
  });

  /** Channels opened again so far, by app and channel. */
  async function reopenings({ system }: House): Promise<string[]> {
    const metrics = await Promise.all(
      system.apps.map(async ({ label, internalUrl }) => {
        const text = await (await fetch(`${internalUrl}/metrics`)).text();
        return text.match(/^rabbitmq_channel_reopenings_total.*$/gm)?.map((line) => `${label} ${line}`) ?? [];
      }),
    );
    return metrics.flat();
  }
});
