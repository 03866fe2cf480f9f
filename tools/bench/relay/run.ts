import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@convene/testing/ports';
import { createTestDatabase } from '@convene/testing/test-database';
import { System } from '../../dev/system';
import type { Undo } from '../../dev/terminal';
import type { Bench, BenchRun } from '../bench';
import { startByHand } from '../by-hand/process';
import { deployedEnv } from '../deployed-env';
import { newGround } from '../ground';
import { cpuDuring, residentMbOf } from '../process-stats';
import { profileFlags } from '../profile-flags';
import { serverPids } from '../server-pids';
import type { Row } from '../table';
import { Turns } from '../turns';
import { pendingRowsIn } from './outbox';
import { MeasuredQueue } from './queue';

const SIZE = {
  full: { slices: 5, rows: 20_000, backlog: 200_000 },
  quick: { slices: 2, rows: 20_000, backlog: 60_000 },
  smoke: { slices: 1, rows: 4_000, backlog: 0 },
};
/** What a relay has left to do when its last message has arrived. */
const MARK_MS = 500;
const WATCH_EVERY_MS = 200;
const AT_LEAST = { ratio: 0.8, is: 'at least' } as const;
const MAX_GROWTH_MB = 50;

interface Side {
  readonly pid: number;
  /** Leaves `rows` events to be published, and begins. */
  start(rows: number): Promise<unknown>;
}

export const relay: Bench = {
  about: 'the outbox relay alone beside amqplib with a window of 500 confirms',
  servers: ['postgres', 'redis', 'rabbitmq'],
  inSmoke: true,
  run: compareRelays,
};

async function compareRelays({ size: chosen, tell, undo }: BenchRun): Promise<Row[]> {
  const { slices, rows, backlog } = SIZE[chosen];
  const ground = await newGround(undo);
  const system = await System.start({ extraFlags: profileFlags(), env: deployedEnv(ground), apps: ['api-gateway'] });
  undo.push(() => system.stop());
  const insertOurs = await pendingRowsIn(ground.databaseUrl, undo);
  const ours: Side = { pid: system.app('api-gateway').pid as number, start: insertOurs };
  const [publishing, relaying] = await startBare(ground.rabbitmqUrl, rows, undo);
  const queue = await MeasuredQueue.open(ground.rabbitmqUrl, undo);
  const sides = [ours, publishing, relaying];
  const servers = serverPids(['postgres', 'rabbitmq']);
  const publishAll = async (side: Side, count = rows) => {
    const started = side.start(count);
    const rate = await queue.receive(count);
    await Promise.all([started, pause(MARK_MS)]);
    return rate;
  };
  const bodies: string[] = [];
  for (const side of sides) {
    await publishAll(side);
    bodies.push(
      Object.keys(await queue.clear(rows))
        .sort()
        .join(),
    );
  }
  if (new Set(bodies).size > 1) throw new Error(`The bodies differ: ${bodies.join(' | ')}`);
  const turns = new Turns(sides, slices, tell);
  await turns.rounds(`${rows} pending events`, async (side, note) => {
    const { cpuMs, result: rate } = await cpuDuring({ relay: side.pid, ...servers }, () => publishAll(side));
    await queue.clear(rows);
    note('rate', rate);
    note('per CPU-s', (rows * 1_000) / (cpuMs.get('relay') ?? NaN));
    for (const server of ['postgres', 'rabbitmq']) note(server, (cpuMs.get(server) ?? NaN) / (rows / 1_000));
  });
  const drained = backlog > 0 ? await drain(backlog) : [];
  const row = (bare: Side, group: string, figure: string, unit: string, key: string, target?: Row['target']) =>
    turns.row([bare, ours], key, { group, figure, unit, target });
  const [ready, whole] = ['bare publishes bodies that are in memory', 'bare reads and marks rows, too'];
  return [
    row(publishing, ready, 'events', '/ CPU-s', 'per CPU-s', AT_LEAST),
    row(publishing, ready, 'events', '/ s', 'rate', AT_LEAST),
    row(relaying, whole, 'events', '/ CPU-s', 'per CPU-s'),
    row(relaying, whole, 'events', '/ s', 'rate'),
    row(relaying, whole, 'PostgreSQL', 'CPU-ms / 1,000 events', 'postgres'),
    row(relaying, whole, 'RabbitMQ', 'CPU-ms / 1,000 events', 'rabbitmq'),
    ...drained,
  ];

  /** What an outage of hours leaves: as fast as what one of seconds leaves, in as much memory. */
  async function drain(count: number): Promise<Row[]> {
    tell(`${count} pending events`);
    const beforeMb = residentMbOf(ours.pid);
    let mostMb = beforeMb;
    const watch = setInterval(() => (mostMb = Math.max(mostMb, residentMbOf(ours.pid))), WATCH_EVERY_MS);
    const rate = await publishAll(ours, count).finally(() => clearInterval(watch));
    await queue.clear(count);
    const group = `bare is ours with ${rows.toLocaleString('en')} events, ours with ${count.toLocaleString('en')}`;
    const growth = { group, figure: 'resident memory beyond that before', unit: 'MB', ours: mostMb - beforeMb };
    return [
      { group, figure: 'events', unit: '/ s', bare: turns.median(ours, 'rate'), ours: rate, target: AT_LEAST },
      { ...growth, target: { ours: MAX_GROWTH_MB, is: 'at most' } },
    ];
  }
}

/** Both in a process of its own, on a database of its own, to the vhost of ours. */
async function startBare(rabbitmqUrl: string, rows: number, undo: Undo): Promise<[publishing: Side, relaying: Side]> {
  const sides: Side[] = [];
  for (const command of ['publish', 'relay']) {
    const database = await createTestDatabase();
    undo.push(() => database.drop());
    const PORT = String(await freePort());
    const env = { DATABASE_URL: database.url, RABBITMQ_URL: rabbitmqUrl, PORT };
    const child = await startByHand(join(__dirname, 'by-hand/relay.ts'), env);
    undo.push(() => child.stop());
    const insert = await pendingRowsIn(database.url, undo);
    const order = async (what: string) => {
      const answer = await fetch(`http://127.0.0.1:${PORT}/${what}`);
      if (!answer.ok) throw new Error(`${what}: ${await answer.text()}`);
    };
    if (command === 'publish') {
      await insert(rows);
      await order('load');
      sides.push({ pid: child.pid, start: () => order('publish') });
    } else {
      sides.push({ pid: child.pid, start: (count) => insert(count).then(() => order('relay')) });
    }
  }
  return sides as [Side, Side];
}
