import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { userRoom } from '@convene/contracts/sockets/rooms';
import { ShardedFramePublisher } from '@convene/realtime/sharded-frames';
import { createRedis } from '@convene/redis/redis';
import type { BenchRun } from '../bench';
import { cpuDuring } from '../process-stats';
import { ClientGroup, committerTo } from '../realtime/client-group';
import { inboxFrame } from '../realtime/frames';
import { serverPids } from '../server-pids';
import type { Row } from '../table';
import { type Note, Turns } from '../turns';
import { comeBack, type Return } from './herd';
import { accepting, gateway, newPeople, type Side } from './servers';

export interface ReturnSize {
  readonly slices: number;
  readonly clients: number;
}

/** Accepts before anything is measured. */
const WARM_UP = 500;
/** As deployed: a gateway refuses rather than lets a client time out. */
const ADMISSION = { WS_ACCEPTS_PER_SECOND: '500' };
const UNDER_WAY = 300;
/** In which what is doubled would come. */
const AFTERMATH_MS = 500;

/** The clients of a server that is killed come back to another one. */
export async function compareReturns({ slices, clients }: ReturnSize, { tell, undo }: BenchRun): Promise<Row[]> {
  const sides: readonly [Side, Side] = [
    accepting(...(await newPeople(undo, clients))),
    gateway(...(await newPeople(undo, clients)), ADMISSION),
  ];
  const servers = serverPids(['postgres', 'redis']);
  const turns = new Turns(sides, slices, tell);
  /** Notifications in each inbox. */
  const heads = new Map(sides.map((side) => [side, 0]));
  await turns.rounds(`${clients} clients of a killed server`, async (side, note) => {
    const [killed, left] = [await side.start(), await side.start()];
    undo.push(
      () => killed.stop(),
      () => left.stop(),
    );
    const [before, after] = [new ClientGroup(killed, side.liveAt), new ClientGroup(left, side.liveAt)];
    undo.push(
      () => before.leave(),
      () => after.leave(),
    );
    const head = heads.get(side) ?? 0;
    heads.set(side, head + 1);
    await warmUp(side, left);
    await before.join(side.people);
    await killed.stop('SIGKILL');
    const { cpuMs, result } = await cpuDuring({ server: left.pid, ...servers }, () =>
      comeBack(side.people, after, head),
    );
    noteReturn(note, clients, cpuMs, result);
    await requireReached(side, head + 1, after);
    after.leave();
    await left.stop();
  });
  return rowsOf(turns, sides);
}

async function warmUp({ liveAt, people }: Side, server: { port: number }): Promise<void> {
  const group = new ClientGroup(server, liveAt);
  await group.join(people.slice(0, WARM_UP));
  group.leave();
}

function noteReturn(note: Note, clients: number, cpuMs: Map<string, number>, returned: Return): void {
  const { seconds, timeouts, refusals } = returned;
  note('accepts', (clients * 1_000) / (cpuMs.get('server') ?? NaN));
  for (const [process, ms] of cpuMs) note(process, ms / clients);
  note('seconds', seconds);
  note('in time', (clients / (clients + timeouts)) * 100);
  note('refusals', refusals / clients);
}

/** Each client is in its user's room: it receives the next notification, once. */
async function requireReached({ ground, people, name }: Side, seq: number, clients: ClientGroup): Promise<void> {
  const redis = createRedis(ground.redisUrl, { role: 'publisher' });
  await once(redis, 'ready');
  const publisher = new ShardedFramePublisher(redis);
  try {
    await committerTo(ground.databaseUrl)(people, (seq - 1) * people.length, seq * people.length);
    for (let next = 0; next < people.length; next += UNDER_WAY) {
      const some = people.slice(next, next + UNDER_WAY);
      for (const { userId } of some) void publisher.emit(userRoom(userId), 'notifications.created', inboxFrame(seq));
      await clients.until(next + some.length);
    }
    await pause(AFTERMATH_MS);
    clients.requireAll(name, people.length);
  } finally {
    redis.disconnect();
  }
}

function rowsOf(turns: Turns<Side>, sides: readonly [Side, Side]): Row[] {
  const row = (figure: string, unit: string, key: string, target?: Row['target']) =>
    turns.row(sides, key, { group: 'return after a kill', figure, unit, target });
  return [
    row('accepts', '/ CPU-s', 'accepts', { ratio: 0.8, is: 'at least' }),
    row('attempts without a time-out', '%', 'in time', { ours: 100, is: 'at least' }),
    row('refusals', '/ client', 'refusals'),
    row('until all are back', 's', 'seconds'),
    row('PostgreSQL', 'CPU-ms / client', 'postgres'),
    row('Redis', 'CPU-ms / client', 'redis'),
  ];
}
