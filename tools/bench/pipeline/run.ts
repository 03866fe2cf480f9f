import { measureHops, percentile } from '../../demo/hops';
import { atRate, flatOut } from '../../simulated-users/pace';
import type { Bench, BenchRun } from '../bench';
import { cpuDuring, sumOf } from '../process-stats';
import { serverPids } from '../server-pids';
import type { Row } from '../table';
import { type Note, Turns } from '../turns';
import type { Side } from './side';
import { startSides } from './start-sides';

const SIZE = {
  full: { slices: 5, saturateS: 8, calmS: 15, latencyS: 15 },
  quick: { slices: 2, saturateS: 5, calmS: 8, latencyS: 8 },
  /** A percentile of some dozens says nothing. */
  smoke: { slices: 1, saturateS: 3, calmS: 3, latencyS: 0 },
};
const CONCURRENCY = 16;
const CALM_PER_SECOND = 20;
const SETTLE_MS = 60_000;

export const pipeline: Bench = {
  about: 'the whole chain, from the HTTP request to the socket, beside one that is written by hand',
  servers: ['postgres', 'redis', 'rabbitmq'],
  inSmoke: true,
  run: comparePipeline,
};

async function comparePipeline({ size: chosen, tell, undo }: BenchRun): Promise<Row[]> {
  const size = SIZE[chosen];
  const sides = await startSides({ tell, undo });
  const servers = serverPids(pipeline.servers);
  for (const { userPairs } of sides) {
    await flatOut(CONCURRENCY, size.saturateS, () => userPairs.write());
    await userPairs.settled(SETTLE_MS);
  }
  const turns = new Turns(sides, size.slices, tell);
  const perEvent = async (side: Side, kind: string, note: Note, drive: () => Promise<number>) => {
    const start = performance.now();
    const { cpuMs, result: events } = await cpuDuring({ ...side.pids, ...servers }, async () => {
      const written = await drive();
      await side.userPairs.settled(SETTLE_MS);
      return written;
    });
    for (const [process, ms] of cpuMs) note(`${kind}: ${process}`, ms / events);
    note(`${kind}: all`, sumOf(cpuMs) / events);
    return (events * 1_000) / (performance.now() - start);
  };
  await turns.rounds('saturation', async (side, note) => {
    const drive = () => flatOut(CONCURRENCY, size.saturateS, () => side.userPairs.write());
    note('events at saturation', await perEvent(side, 'at saturation', note, drive));
  });
  await turns.rounds(`${CALM_PER_SECOND} events a second`, async (side, note) => {
    await perEvent(side, 'calm', note, () => atRate(CALM_PER_SECOND, size.calmS, () => side.userPairs.write()));
  });
  if (size.latencyS > 0) {
    const half = Math.min(...sides.map((side) => turns.median(side, 'events at saturation'))) / 2;
    await turns.rounds(`${half.toFixed(0)} events a second`, (side, note) =>
      latencies(side, half, size.latencyS, note),
    );
  }
  requireKeptPromise(sides);
  return rowsOf(turns, sides);
}

/** Each client has received each notification exactly once and in order. */
function requireKeptPromise(sides: readonly Side[]): void {
  for (const side of sides) {
    const faults = side.userPairs.faults();
    if (faults.length > 0) throw new Error(`${side.name} broke the promise: ${faults.slice(0, 5).join('; ')}`);
  }
}

async function latencies(side: Side, perSecond: number, seconds: number, note: Note): Promise<void> {
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

function rowsOf(turns: Turns<Side>, [bare, our]: readonly [Side, Side]): Row[] {
  const row = (group: string, figure: string, unit: string, key: string, atMost?: number) => {
    const target = atMost === undefined ? undefined : ({ ratio: atMost, is: 'at most' } as const);
    return turns.row([bare, our], key, { group, figure, unit, target });
  };
  const isNoted = (key: string) => turns.figuresOf(our).includes(key);
  const processes = (group: string, kind: string, allAtMost: number) => [
    row(group, 'all', 'CPU-ms / event', `${kind}: all`, allAtMost),
    ...turns
      .figuresOf(bare)
      .filter((key) => key.startsWith(`${kind}: `) && !key.endsWith(': all'))
      .map((key) => row(group, key.slice(kind.length + 2), 'CPU-ms / event', key)),
  ];
  return [
    ...processes('at saturation', 'at saturation', 2),
    row('at saturation', 'events', '/ s', 'events at saturation'),
    ...processes(`${CALM_PER_SECOND} events a second`, 'calm', 1.3),
    ...['p50', 'p99'].filter(isNoted).map((key) => row('commit to socket', key, 'ms', key, 1.5)),
  ];
}
