import type { Bench, BenchRun } from '../bench';
import { cpuDuring, sumOf } from '../process-stats';
import { serverPids } from '../server-pids';
import type { Row } from '../table';
import { type Note, Turns } from '../turns';
import { requireWholeInboxes } from './company';
import { longestLockDuring } from './longest-lock';
import { byHand, ours, type Side } from './sides';

const MEMBERS = 10_000;
const FULL = { slices: 5, connected: 5_000, lockSlices: 3 };
const QUICK = { slices: 2, connected: 1_000, lockSlices: 1 };
const MB = 1_048_576;

export const fanout: Bench = {
  about: 'one event to 10,000 members beside 500-row inserts and a room emit',
  servers: ['postgres', 'redis', 'rabbitmq'],
  run: compareFanout,
};

async function compareFanout({ size: chosen, tell, undo }: BenchRun): Promise<Row[]> {
  const { slices, connected, lockSlices } = chosen === 'full' ? FULL : QUICK;
  tell(`${MEMBERS} members, ${connected} of them connected, on each side`);
  const size = { members: MEMBERS, connected };
  const sides: readonly [Side, Side] = [await byHand(size, undo), await ours(size, undo)];
  const servers = serverPids(fanout.servers);
  const before = new Map<Side, { rss: number; held: number }>();
  for (const side of sides) before.set(side, await side.worker.collect());
  const turns = new Turns(sides, slices, tell);
  const event = async (side: Side, note: Note) => {
    const start = performance.now();
    const { cpuMs } = await cpuDuring({ ...side.pids, ...servers }, () => side.message());
    note('seconds', (performance.now() - start) / 1_000);
    note('recipients', (MEMBERS * 1_000) / sumOf(cpuMs));
    for (const [process, ms] of cpuMs) note(`CPU: ${process}`, (ms * 1_000) / MEMBERS);
  };
  const lock = async (side: Side, note: Note) => {
    note('lock', await longestLockDuring(side.databaseUrl, () => side.message()));
  };
  for (const side of sides) await side.message();
  await turns.rounds('rows and frames', event);
  await turns.rounds('locks', lock, { slices: lockSlices });
  for (const side of sides) {
    side.clients.requireOrder();
    await requireWholeInboxes(side.databaseUrl, side.company, side.sent);
  }
  const kept = new Map<Side, { rss: number; held: number }>();
  for (const side of sides) {
    const [now, then] = [await side.worker.collect(), before.get(side) ?? { rss: NaN, held: NaN }];
    kept.set(side, { rss: (now.rss - then.rss) / MB, held: (now.held - then.held) / MB });
  }
  return rowsOf(turns, sides, kept);
}

function rowsOf(
  turns: Turns<Side>,
  [bare, our]: readonly [Side, Side],
  kept: ReadonlyMap<Side, { rss: number; held: number }>,
): Row[] {
  const row = (figure: string, unit: string, of: (side: Side) => number, target?: Row['target']): Row => ({
    figure,
    unit,
    bare: of(bare),
    ours: of(our),
    ...(target && { target }),
  });
  const noted = (key: string) => (side: Side) => turns.median(side, key);
  return [
    row('recipients, row and frame', '/ CPU-s', noted('recipients'), { ratio: 0.7, is: 'at least' }),
    ...['worker', 'sockets', 'postgres', 'redis'].map((process) =>
      row(process, 'CPU-ms / 1,000', noted(`CPU: ${process}`)),
    ),
    row('until the last frame', 's', noted('seconds')),
    row('longest lock on a counter', 'ms', noted('lock'), { ours: 100, is: 'at most' }),
    row('memory kept by the worker', 'MB RSS', (side) => kept.get(side)?.rss ?? NaN, { ours: 30, is: 'at most' }),
    row('the same', 'MB heap + external', (side) => kept.get(side)?.held ?? NaN),
  ];
}
