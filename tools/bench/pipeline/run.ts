import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createTestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { createTestVhost } from '@convene/testing/test-vhost';
import { measureHops, percentile } from '../../demo/hops';
import { newKeys } from '../../dev/keys';
import { testServersDir } from '../../dev/test-servers';
import { atRate, flatOut } from '../../simulated-users/pace';
import { median } from '../realtime/median';
import type { Row } from '../table';
import { byHand, cpuOf, ours, type Servers, type Side } from './side';

const SIZE = {
  full: { slices: 5, saturateS: 8, calmS: 15, latencyS: 15, idleS: 15 },
  quick: { slices: 2, saturateS: 5, calmS: 8, latencyS: 8, idleS: 6 },
};
const CONCURRENCY = 16;
const CALM_PER_SECOND = 20;
const SETTLE_MS = 60_000;

type Figures = Map<string, number[]>;

/** The whole chain, from the HTTP request to the socket, beside one that is written by hand; both in turns. */
export async function comparePipeline(quick: boolean, print: (line: string) => void): Promise<Row[]> {
  const size = quick ? SIZE.quick : SIZE.full;
  const servers = pidsOf(testServersDir);
  const mailDir = mkdtempSync(join(tmpdir(), 'convene-bench-mail-'));
  const sides: Side[] = [];
  const drops: (() => Promise<void>)[] = [];
  try {
    for (const start of [byHand, ours]) {
      const database = await createTestDatabase();
      drops.push(() => database.drop());
      const [redis, vhost] = [await createTestRedis(), await createTestVhost()];
      const ground: Servers = {
        databaseUrl: database.url,
        redisUrl: redis.url,
        rabbitmqUrl: vhost.url,
        mailDir,
        keys: newKeys(),
      };
      const side = await start(ground);
      sides.push(side);
      print(`${side.name}: ${side.userPairs.users.length} clients connected`);
      await flatOut(CONCURRENCY, size.saturateS, () => side.userPairs.write());
      await side.userPairs.settled(SETTLE_MS);
    }
    const figures = new Map<Side, Figures>(sides.map((side) => [side, new Map()]));
    const rounds = async (
      name: string,
      work: (side: Side, note: (figure: string, value: number) => void) => Promise<void>,
    ) => {
      for (let slice = 1; slice <= size.slices; slice++) {
        print(`${name}, ${slice} of ${size.slices}`);
        for (const side of sides) {
          await work(side, (figure, value) => add(figures.get(side) as Figures, figure, value));
          // What one has left to do must not be charged to the other.
          await pause(1_000);
        }
      }
    };
    const perEvent = async (
      side: Side,
      kind: string,
      note: (figure: string, value: number) => void,
      drive: () => Promise<number>,
    ) => {
      const [before, start] = [cpuOf(side, servers), performance.now()];
      const events = await drive();
      await side.userPairs.settled(SETTLE_MS);
      const elapsed = performance.now() - start;
      const after = cpuOf(side, servers);
      let total = 0;
      for (const [process, cpu] of after) {
        const ms = (cpu - (before.get(process) ?? 0)) / events;
        total += ms;
        note(`${kind}: ${process}`, ms);
      }
      note(`${kind}: all`, total);
      return (events * 1_000) / elapsed;
    };
    await rounds('saturation', async (side, note) => {
      const rate = await perEvent(side, 'at saturation', note, () =>
        flatOut(CONCURRENCY, size.saturateS, () => side.userPairs.write()),
      );
      note('events at saturation', rate);
    });
    await rounds(`${CALM_PER_SECOND} events a second`, async (side, note) => {
      await perEvent(side, 'calm', note, () => atRate(CALM_PER_SECOND, size.calmS, () => side.userPairs.write()));
    });
    const slower = Math.min(...sides.map((side) => median(figures.get(side)?.get('events at saturation') ?? [])));
    await rounds(`${(slower / 2).toFixed(0)} events a second`, (side, note) =>
      latencies(side, slower / 2, size.latencyS, note),
    );
    await rounds('idle', async (side, note) => {
      const before = cpuOf(side, servers);
      await pause(size.idleS * 1_000);
      const after = cpuOf(side, servers);
      note('idle: all', [...after].reduce((sum, [name, cpu]) => sum + cpu - (before.get(name) ?? 0), 0) / size.idleS);
    });
    for (const side of sides) {
      const faults = side.userPairs.faults();
      if (faults.length > 0) throw new Error(`${side.name} broke the promise: ${faults.slice(0, 5).join('; ')}`);
    }
    return rowsOf(...(sides.map((side) => figures.get(side)) as [Figures, Figures]));
  } finally {
    for (const side of sides) await side.stop();
    for (const drop of drops) await drop();
    rmSync(mailDir, { recursive: true, force: true });
  }
}

async function latencies(
  side: Side,
  perSecond: number,
  seconds: number,
  note: (figure: string, value: number) => void,
) {
  const since = new Date();
  await atRate(perSecond, seconds, () => side.userPairs.write());
  await side.userPairs.settled(SETTLE_MS);
  const arrivals = new Map(
    side.userPairs.users.flatMap(({ device }) =>
      device.received.map((received) => [received.frame.id, received] as const),
    ),
  );
  const toSocket =
    (await measureHops(side.databaseUrl, arrivals, since)).get('written → socket (commit to socket)') ?? [];
  note('p50', percentile(toSocket, 0.5));
  note('p99', percentile(toSocket, 0.99));
}

function rowsOf(bare: Figures, our: Figures): Row[] {
  const row = (figure: string, unit: string, key = figure, target?: Row['target']): Row => ({
    figure,
    unit,
    bare: median(bare.get(key) ?? []),
    ours: median(our.get(key) ?? []),
    ...(target && { target }),
  });
  const processes = (kind: string) =>
    [...our.keys()]
      .filter((key) => key.startsWith(`${kind}: `) && !key.endsWith(': all') && bare.has(key))
      .map((key) => row(key, 'CPU-ms / event'));
  return [
    row('at saturation: all', 'CPU-ms / event', 'at saturation: all', { ratio: 2, is: 'at most' }),
    ...processes('at saturation'),
    row('events at saturation', '/ s'),
    row('20 events a second: all', 'CPU-ms / event', 'calm: all', { ratio: 1.3, is: 'at most' }),
    ...processes('calm'),
    row('commit to socket, p50', 'ms', 'p50', { ratio: 1.5, is: 'at most' }),
    row('commit to socket, p99', 'ms', 'p99', { ratio: 1.5, is: 'at most' }),
    row('idle, 300 clients', 'CPU-ms / s', 'idle: all'),
  ];
}

function add(figures: Figures, name: string, value: number): void {
  figures.set(name, [...(figures.get(name) ?? []), value]);
}

/** The private servers of this run write down who they are. */
function pidsOf(dir: string): Record<string, number> {
  const pidOf = (name: string) => Number(readFileSync(join(dir, name, 'server.pid'), 'utf8'));
  return Object.fromEntries(['postgres', 'redis', 'rabbitmq'].map((name) => [name, pidOf(name)]));
}
