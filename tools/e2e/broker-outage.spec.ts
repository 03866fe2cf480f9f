import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { atRate } from '../people/pace';
import { provideServers } from '../servers/provide';
import { House } from './house';

const RATE = 50;
const SECONDS = 30;
const OUTAGE_MS = 20_000;

describe('RabbitMQ, stopped for 20 s during 50 writes a second and started again', () => {
  it('costs time, and loses nothing', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'convene-e2e-broker-'));
    const root = resolve(__dirname, '../..');
    const [broker] = await provideServers({ names: ['rabbitmq'], root, dir, profile: 'test' });
    if (!broker) throw new Error('No broker of our own to stop');
    await broker.start();
    const house = await House.open({ rabbitmqUrl: broker.url });
    const crowd = await house.gather(150);
    await crowd.connect();

    const writing = atRate(RATE, SECONDS, () => crowd.write());
    await wait(3_000);
    await broker.stop();
    await wait(OUTAGE_MS / 2);
    // People go on writing, and the gateway says that it serves without its broker.
    const health = await fetch(`${house.system.app('api-gateway').url}/health`);
    expect([health.status, await health.json()]).toMatchObject([
      200,
      { status: 'degraded', checks: { rabbitmq: { status: 'down' } } },
    ]);
    await wait(OUTAGE_MS / 2);
    await broker.start();
    expect(await writing).toBe(RATE * SECONDS);

    await crowd.settled(120_000);
    await house.quiet();
    expect(await house.faults(crowd)).toEqual([]);
    expect(await house.deadLetters()).toBe(0);

    crowd.disconnect();
    await house.close();
    await broker.stop();
    rmSync(dir, { recursive: true, force: true });
  });
});
