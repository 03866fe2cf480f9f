import { setTimeout as pause } from 'node:timers/promises';
import { flatOut } from '../../simulated-users/pace';
import type { Bench, BenchRun } from '../bench';
import { cpuDuring, sumOf } from '../process-stats';
import { serverPids } from '../server-pids';
import type { Row } from '../table';
import { type Note, Turns } from '../turns';
import { undone } from '../undo';
import { type Extent, SystemSide } from './system-side';

const FULL = { slices: 5, seconds: 8, idleS: 10, rows: 1_000_000 };
const QUICK = { slices: 2, seconds: 5, idleS: 4, rows: 250_000 };
/** Fewer than active tenants: none waits for a tenant that is at work. */
const CONCURRENCY = 8;
/** Slices before anything is measured, for each instance: code that is not compiled yet costs a multiple. */
const WARM_UPS = 2;
const AT_MOST = 1.2;
const SMALL: Extent = { instances: 1, tenants: 10, rows: 50_000 };

export const growth: Bench = {
  about: 'what an event costs as processes, tenants and rows grow',
  servers: ['postgres', 'redis', 'rabbitmq'],
  run: compareExtents,
};

async function compareExtents(run: BenchRun): Promise<Row[]> {
  const size = run.size === 'full' ? FULL : QUICK;
  const growths: Record<string, Partial<Extent>> = {
    'processes, 1 to 4 of each': { instances: 4 },
    'tenants, 10 to 10,000': { tenants: 10_000 },
    [`rows, 50,000 to ${size.rows.toLocaleString('en')}`]: { rows: size.rows },
  };
  const rows: Row[] = [];
  for (const [name, more] of Object.entries(growths)) {
    // Both are started anew: the older of two processes would have the better compiled code.
    run.tell(name);
    const compared = await undone(run.undo, async (own) => {
      const small = await SystemSide.start(SMALL, own);
      const large = await SystemSide.start({ ...SMALL, ...more }, own);
      return compare(name, [small, large], size, run.tell);
    });
    rows.push(...compared);
  }
  return rows;
}

async function compare(
  group: string,
  sides: readonly [SystemSide, SystemSide],
  { slices, seconds, idleS }: typeof FULL,
  tell: BenchRun['tell'],
): Promise<Row[]> {
  const servers = serverPids(growth.servers);
  const turns = new Turns(sides, slices, tell);
  const drive = async (side: SystemSide) => {
    const events = await flatOut(CONCURRENCY, seconds, () => side.write());
    await side.settled();
    return events;
  };
  for (const side of sides) {
    for (let warm = 0; warm < WARM_UPS * side.instances; warm++) await drive(side);
  }
  await turns.rounds('saturation', async (side, note) => {
    const { cpuMs, result: events } = await cpuDuring({ ...side.pids, ...servers }, () => drive(side));
    noteByApp(note, cpuMs, events);
  });
  await turns.rounds('idle', async (side, note) => {
    const { cpuMs } = await cpuDuring(side.pids, () => pause(idleS * 1_000));
    note('idle', sumOf(cpuMs) / idleS);
  });
  for (const side of sides) {
    const faults = side.faults();
    if (faults.length > 0) throw new Error(`The promise is broken: ${faults.slice(0, 5).join('; ')}`);
  }
  return rowsOf(turns, sides, group);
}

/** All processes of an app together. */
function noteByApp(note: Note, cpuMs: ReadonlyMap<string, number>, events: number): void {
  const byApp = new Map<string, number>();
  for (const [label, ms] of cpuMs) {
    const [app = label] = label.split('#');
    byApp.set(app, (byApp.get(app) ?? 0) + ms);
  }
  for (const [app, ms] of byApp) note(`event: ${app}`, ms / events);
  note('event: all', sumOf(cpuMs) / events);
}

function rowsOf(turns: Turns<SystemSide>, [small, large]: readonly [SystemSide, SystemSide], group: string): Row[] {
  const row = (figure: string, unit: string, key: string, target?: Row['target']) =>
    turns.row([small, large], key, { group, figure, unit, target });
  const apps = turns.figuresOf(small).filter((key) => key.startsWith('event: ') && key !== 'event: all');
  return [
    row('all', 'CPU-ms / event', 'event: all', { ratio: AT_MOST, is: 'at most' }),
    ...apps.map((key) => row(key.slice('event: '.length), 'CPU-ms / event', key)),
    row('the apps at idle', 'CPU-ms / s', 'idle'),
  ];
}
