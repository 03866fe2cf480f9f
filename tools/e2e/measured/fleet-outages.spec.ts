import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { provideServers } from '@convene/tools/dev/servers/provide';
import type { ServerHandle } from '@convene/tools/dev/servers/server';
import { TestSystem } from '@convene/tools/e2e/test-support/test-system';
import { atRate, flatOut } from '@convene/tools/simulated-users/pace';
import type { UserPairs } from '@convene/tools/simulated-users/user-pairs';

const PAIRS = 1_500;
const CONCURRENCY = 16;
const SECONDS = 45;

/** Of connections that came back: so many in each second after `since`. */
function curve(userPairs: UserPairs, since: number): string {
  const seconds = userPairs.users
    .flatMap(({ device }) => device.arrivals)
    .filter((at) => at >= since)
    .map((at) => Math.floor((at - since) / 1_000));
  const counts = new Map<number, number>();
  for (const second of seconds) counts.set(second, (counts.get(second) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([second, count]) => `${second}s:${count}`)
    .join(' ');
}

describe('three ws-gateways with 3,000 clients, at half of what the machine can do', () => {
  const dir = mkdtempSync(join(tmpdir(), 'convene-e2e-fleet-'));
  let redis: ServerHandle;
  beforeAll(async () => {
    const [own] = await provideServers({ names: ['redis'], dir, profile: 'test' });
    if (!own) throw new Error('No Redis of our own to stop');
    redis = own;
    await redis.start();
  });
  afterAll(async () => {
    await redis.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('one killed, one shut down, Redis restarted, all within a minute: every client has exactly its rows, in order', async () => {
    const env = { WS_MAX_CONNECTIONS_PER_ADDRESS: '5000' };
    await TestSystem.with({ instances: { 'ws-gateway': 3 }, redisUrl: redis.url, env }, async (system) => {
      const started = performance.now();
      const userPairs = await system.connectPairs(PAIRS, { together: true });
      const connectS = (performance.now() - started) / 1_000;
      const [, killed, ended] = [1, 2, 3].map((instance) => system.processes.app('ws-gateway', instance));

      await flatOut(CONCURRENCY, 8, () => userPairs.message());
      await userPairs.settled(60_000);
      const from = performance.now();
      const writes = await flatOut(CONCURRENCY, 8, () => userPairs.message());
      await userPairs.settled(60_000);
      const saturation = writes / ((performance.now() - from) / 1_000);
      const rate = saturation / 2;
      console.log(
        `${userPairs.users.length} clients connected in ${connectS.toFixed(1)} s. Saturation: ${saturation.toFixed(0)} events a second; going on at ${rate.toFixed(0)}.`,
      );

      const since = Date.now();
      const writing = atRate(rate, SECONDS, () => userPairs.message());
      await wait(5_000);
      await killed?.kill();
      await wait(5_000);
      await killed?.restart();
      await wait(5_000);
      expect(await ended?.stop()).toContain('0');
      await wait(5_000);
      await ended?.restart();
      await wait(5_000);
      await redis.stop();
      await wait(2_000);
      await redis.start();
      const written = await writing;
      await userPairs.settled(60_000);
      await system.quiet();

      const returns = userPairs.users.reduce((sum, { device }) => sum + device.arrivals.length - 1, 0);
      const doubled = userPairs.users.reduce((sum, { device }) => sum + device.duplicates, 0);
      console.log(
        `${written} events, ${returns} reconnects, ${doubled} frames came twice. Back per second after the start:\n${curve(userPairs, since)}`,
      );
      expect(await system.faults(userPairs)).toEqual([]);
      // A third of all at the kill, and at least as many as the node that was shut down had then.
      expect(returns).toBeGreaterThan(PAIRS);
      expect(userPairs.users.flatMap(({ device }) => device.closings).filter((code) => code !== 'GOING_AWAY')).toEqual(
        [],
      );
    });
  });
});
