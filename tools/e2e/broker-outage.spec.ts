import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { provideServers } from '@convene/tools/dev/servers/provide';
import type { ServerHandle } from '@convene/tools/dev/servers/server';
import { atRate } from '@convene/tools/simulated-users/pace';
import { TestSystem } from './test-support/test-system';

const RATE = 50;
const SECONDS = 30;
const OUTAGE_MS = 20_000;

describe('RabbitMQ, stopped for 20 s during 50 writes a second and started again', () => {
  const dir = mkdtempSync(join(tmpdir(), 'convene-e2e-broker-'));
  let broker: ServerHandle;
  beforeAll(async () => {
    const [own] = await provideServers({ names: ['rabbitmq'], dir, profile: 'test' });
    if (!own) throw new Error('No broker of our own to stop');
    broker = own;
    await broker.start();
  });
  afterAll(async () => {
    await broker.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('delays events and loses none', async () => {
    await TestSystem.with({ rabbitmqUrl: broker.url }, async (system) => {
      const userPairs = await system.connectPairs(300);
      const writing = atRate(RATE, SECONDS, () => userPairs.write());
      await wait(3_000);
      await broker.stop();
      await wait(OUTAGE_MS / 2);
      await expectDegraded(system);
      await wait(OUTAGE_MS / 2);
      await broker.start();
      expect(await writing).toBe(RATE * SECONDS);

      await userPairs.settled(120_000);
      await system.quiet();
      expect(await system.faults(userPairs)).toEqual([]);
      expect(await system.deadLetters()).toBe(0);
    });
  });

  /** People go on writing, and the api-gateway says that it serves without its broker. */
  async function expectDegraded(system: TestSystem): Promise<void> {
    const health = await fetch(`${system.processes.app('api-gateway').url}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'degraded', checks: { rabbitmq: { status: 'down' } } });
  }
});
