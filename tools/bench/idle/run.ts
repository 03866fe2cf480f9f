import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { System } from '../../dev/system';
import { flatOut } from '../../simulated-users/pace';
import type { Bench, BenchRun } from '../bench';
import { deployedEnv } from '../deployed-env';
import { newGround } from '../ground';
import { median } from '../median';
import type { Side } from '../pipeline/side';
import { startSide } from '../pipeline/start-sides';
import { cpuDuring, cpuMsOf, residentMbOf, sumOf } from '../process-stats';
import { serverPids } from '../server-pids';
import type { Row } from '../table';
import { Turns } from '../turns';
import { undone } from '../undo';
import { transactionCounter } from './transaction-counter';

const SIZE = {
  full: { slices: 5, warmUpS: 8, settleS: 20, idleS: 15 },
  quick: { slices: 2, warmUpS: 3, settleS: 12, idleS: 8 },
  smoke: { slices: 1, warmUpS: 1, settleS: 3, idleS: 4 },
};
const CONCURRENCY = 16;
const SETTLE_MS = 60_000;
const TIMER = 'a Node process with one timer of a second';
const TIMER_STARTS_MS = 1_000;
const MAX = { idleMsPerSecond: 60, workerMb: 110, workerReadyS: 1.5 };

export const idle: Bench = {
  about: 'what runs, holds and asks when nothing happens, with 300 clients connected',
  servers: ['postgres', 'redis', 'rabbitmq'],
  inSmoke: true,
  run: measureIdle,
};

type Tools = Pick<BenchRun, 'tell' | 'undo'>;
/** By name: medians of the slices. */
type Figures = ReadonlyMap<string, number>;

/** One side after the other, not in turns: what the other did on the servers when idle would be charged to both. */
async function measureIdle({ size: chosen, tell, undo }: BenchRun): Promise<Row[]> {
  const size = SIZE[chosen];
  const readyRows = await measureStarts({ slices: size.slices, tell, undo });
  const servers = serverPids(idle.servers);
  const { cpuMs } = await cpuDuring({ ...servers, [TIMER]: await startTimer(undo) }, () => pause(size.idleS * 1_000));
  const floor = { timer: (cpuMs.get(TIMER) ?? NaN) / size.idleS, servers: 0 };
  floor.servers = sumOf(cpuMs) / size.idleS - floor.timer;
  const measured = (name: Side['name']) => undone(undo, (own) => measureSide(name, size, { tell, undo: own }));
  // The targets are for ours alone.
  const bare = chosen === 'smoke' ? new Map<string, number>() : await measured('by hand');
  const ours = await measured('ours');
  return [...rowsOf(bare, ours, floor, chosen !== 'smoke'), ...readyRows];
}

async function measureSide(name: Side['name'], size: (typeof SIZE)['full'], tools: Tools): Promise<Figures> {
  const { slices, warmUpS, settleS, idleS } = size;
  const side = await startSide(name, tools);
  await flatOut(CONCURRENCY, warmUpS, () => side.userPairs.write());
  await side.userPairs.settled(SETTLE_MS);
  await pause(settleS * 1_000);
  const transactionsOf = await transactionCounter(tools.undo);
  const pids = { ...side.pids, ...serverPids(idle.servers) };
  const turns = new Turns([side], slices, tools.tell);
  await turns.rounds(`idle ${name}`, async (_, note) => {
    const before = await transactionsOf(side.databaseUrl);
    const { cpuMs } = await cpuDuring(pids, () => pause(idleS * 1_000));
    note('transactions', ((await transactionsOf(side.databaseUrl)) - before) / idleS);
    note('all', sumOf(cpuMs) / idleS);
    for (const [process, ms] of cpuMs) note(`cpu: ${process}`, ms / idleS);
    for (const [process, pid] of Object.entries(side.pids)) note(`resident: ${process}`, residentMbOf(pid));
  });
  return new Map(turns.figuresOf(side).map((figure) => [figure, turns.median(side, figure)]));
}

/** Each worker by itself, one after the other: processor time from its start until it is ready. */
async function measureStarts({
  slices,
  tell,
  undo,
}: Pick<BenchRun, 'tell' | 'undo'> & { slices: number }): Promise<Row[]> {
  const env = deployedEnv(await newGround(undo));
  const seconds = new Map<string, number[]>();
  for (let slice = 1; slice <= slices; slice++) {
    tell(`starts of workers, ${slice} of ${slices}`);
    for (const name of ['invites-worker', 'members-worker', 'notifications-worker']) {
      const system = await System.start({ env, apps: [name] });
      const spent = cpuMsOf(system.app(name).pid as number) / 1_000;
      await system.stop();
      seconds.set(name, [...(seconds.get(name) ?? []), spent]);
    }
  }
  return [...seconds].map(([figure, values]) => ({
    group: 'until ready',
    figure,
    unit: 'CPU-s',
    ours: median(values),
    target: { ours: MAX.workerReadyS, is: 'at most' },
  }));
}

/** A Node process that only wakes once a second: what any process costs on this machine, however little it does. */
async function startTimer(undo: BenchRun['undo']): Promise<number> {
  const timer = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1_000)'], { stdio: 'ignore' });
  undo.push(async () => void timer.kill());
  await pause(TIMER_STARTS_MS);
  return timer.pid as number;
}

/** @param isJudged Time that no ratio relates to another's depends on the machine: not what a smoke run can judge. */
function rowsOf(bare: Figures, our: Figures, floor: { timer: number; servers: number }, isJudged: boolean): Row[] {
  const row = (group: string, figure: string, unit: string, key: string, atMost?: number): Row => ({
    group,
    figure,
    unit,
    ...(bare.has(key) && { bare: bare.get(key) as number }),
    ours: our.get(key) ?? NaN,
    ...(atMost !== undefined && { target: { ours: atMost, is: 'at most' } }),
  });
  const namesOf = (kind: string) =>
    [...our.keys()].flatMap((key) => (key.startsWith(kind) ? [key.slice(kind.length)] : []));
  return [
    row('idle', 'all', 'CPU-ms / s', 'all', isJudged ? MAX.idleMsPerSecond : undefined),
    ...namesOf('cpu: ').map((name) => row('idle', name, 'CPU-ms / s', `cpu: ${name}`)),
    { group: 'idle', figure: 'the servers without any process', unit: 'CPU-ms / s', ours: floor.servers },
    { group: 'idle', figure: TIMER, unit: 'CPU-ms / s', ours: floor.timer },
    row('idle', 'transactions', '/ s', 'transactions'),
    ...namesOf('resident: ').map((name) =>
      row('resident', name, 'MB', `resident: ${name}`, name.endsWith('-worker') ? MAX.workerMb : undefined),
    ),
  ];
}
