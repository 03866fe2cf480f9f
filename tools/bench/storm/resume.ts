import { setTimeout as pause } from 'node:timers/promises';
import type { BenchRun } from '../bench';
import { cpuDuring, sumOf } from '../process-stats';
import { ClientGroup, committerTo } from '../realtime/client-group';
import type { MeasuredServer } from '../realtime/measured-server';
import { serverPids } from '../server-pids';
import type { Row } from '../table';
import { type Note, Turns } from '../turns';
import { gateway, newPeople, resuming, type Side } from './servers';

export interface ResumeSize {
  readonly slices: number;
  readonly clients: number;
}

const MISSED = 20;
const AT_ONCE = 200;
/** In which what is doubled would come. */
const AFTERMATH_MS = 500;

/** Clients that were away come back to a running server, each with the same number of notifications to catch up on. */
export async function compareResumes({ slices, clients }: ResumeSize, { tell, undo }: BenchRun): Promise<Row[]> {
  const sides: readonly [Side, Side] = [
    resuming(...(await newPeople(undo, clients))),
    gateway(...(await newPeople(undo, clients))),
  ];
  const running = new Map<Side, MeasuredServer>();
  for (const side of sides) {
    await committerTo(side.ground.databaseUrl)(side.people, 0, clients * MISSED);
    const server = await side.start();
    undo.push(() => server.stop());
    running.set(side, server);
  }
  const servers = serverPids(['postgres', 'redis']);
  const turns = new Turns(sides, slices, tell);
  const resume = async (side: Side, note: Note) => {
    const server = running.get(side) as MeasuredServer;
    const group = new ClientGroup(server, side.liveAt);
    const start = performance.now();
    const { cpuMs } = await cpuDuring({ sockets: server.pid, ...servers }, async () => {
      await group.join(side.people, 0, AT_ONCE);
      await group.until(clients * MISSED);
    });
    note('rate', (clients * 1_000) / (performance.now() - start));
    note('resumes', (clients * 1_000) / sumOf(cpuMs));
    for (const [process, ms] of cpuMs) note(process, ms / clients);
    await pause(AFTERMATH_MS);
    group.requireAll(side.name, clients * MISSED);
    group.leave();
  };
  for (const side of sides) await resume(side, () => undefined);
  await turns.rounds(`${clients} clients resume`, resume);
  return rowsOf(turns, sides);
}

function rowsOf(turns: Turns<Side>, sides: readonly [Side, Side]): Row[] {
  const row = (figure: string, unit: string, key: string, target?: Row['target']) =>
    turns.row(sides, key, { group: `resume, ${MISSED} missed`, figure, unit, target });
  return [
    row('clients', '/ CPU-s', 'resumes', { ratio: 0.7, is: 'at least' }),
    row('the server', 'CPU-ms / client', 'sockets'),
    row('PostgreSQL', 'CPU-ms / client', 'postgres'),
    row('Redis', 'CPU-ms / client', 'redis'),
    row('clients', '/ s', 'rate'),
  ];
}
