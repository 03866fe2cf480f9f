import { newId } from '@convene/prisma/ids';
import { signalTree } from '../../dev/process-tree';
import { System } from '../../dev/system';
import type { Undo } from '../../dev/terminal';
import type { Bench, BenchRun } from '../bench';
import { deployedEnv } from '../deployed-env';
import { newGround } from '../ground';
import { cpuDuring } from '../process-stats';
import { serverPids } from '../server-pids';
import type { Row } from '../table';
import { type Note, Turns } from '../turns';
import { undone } from '../undo';
import { Backlog, type EventKind } from './backlog';
import { limitCpu } from './cpu-share';

const FULL = { slices: 5, events: 4_000 };
const QUICK = { slices: 2, events: 1_000 };
/** Of a core, for each instance: so little that the servers keep enough of two cores for the work of three. */
const SHARE = 0.25;
/** Of as many instances, in proportion. */
const AT_LEAST = 0.8;
const AT_MOST = 1.2;

/** What each worker reacts to; the notification is all that becomes of it. */
const kinds: Readonly<Record<string, EventKind>> = {
  'invites-worker': {
    type: 'invites.created',
    payload: { inviteId: newId(), companyName: 'Acme', inviterId: newId(), inviterName: 'Ana', role: 'MEMBER' },
    recipient: 'inviteeId',
  },
  'members-worker': {
    type: 'memberships.role_updated',
    payload: { companyName: 'Acme', from: 'MEMBER', to: 'ADMIN' },
    recipient: 'userId',
  },
  'notifications-worker': {
    type: 'friendships.requested',
    payload: { friendshipId: newId(), requesterId: newId(), requesterName: 'Ana' },
    recipient: 'addresseeId',
  },
};

interface Side {
  readonly instances: number;
}
const SIDES: readonly [Side, Side, Side] = [{ instances: 1 }, { instances: 2 }, { instances: 3 }];

export const scale: Bench = {
  about: 'what a second and a third instance of each worker add, each with a quarter of a core',
  servers: ['postgres', 'redis', 'rabbitmq'],
  run: scaleWorkers,
};

async function scaleWorkers(run: BenchRun): Promise<Row[]> {
  const size = run.size === 'full' ? FULL : QUICK;
  const rows: Row[] = [];
  for (const worker of Object.keys(kinds)) {
    run.tell(worker);
    rows.push(...(await undone(run.undo, (own) => scaleOne(worker, size, run.tell, own))));
  }
  return rows;
}

async function scaleOne(
  worker: string,
  { slices, events }: typeof FULL,
  tell: BenchRun['tell'],
  undo: Undo,
): Promise<Row[]> {
  const ground = await newGround(undo);
  // The api-gateway publishes what is committed: the workers stand still then.
  const system = await System.start({ env: deployedEnv(ground), apps: ['api-gateway', worker] });
  undo.push(() => system.stop());
  const backlog = await Backlog.create(ground.databaseUrl, kinds[worker] as EventKind, undo);
  const servers = serverPids(scale.servers);
  const turns = new Turns(SIDES, slices, tell);
  const drain = ({ instances }: Side, note?: Note) =>
    undone(undo, async (own) => {
      await system.scale(worker, instances);
      const pids = system.apps.filter(({ name }) => name === worker).map(({ pid }) => pid as number);
      const signal = (which: 'SIGSTOP' | 'SIGCONT') => pids.forEach((pid) => signalTree(pid, which));
      own.push(...pids.map((pid) => limitCpu(pid, SHARE)));
      own.push(() => system.scale(worker, 0));
      own.push(() => signal('SIGCONT'));
      signal('SIGSTOP');
      const all = (await backlog.notifications) + events;
      await backlog.publish(events);
      const start = performance.now();
      const { cpuMs } = await cpuDuring(servers, async () => {
        signal('SIGCONT');
        await backlog.notified(all);
      });
      note?.('reactions', (events * 1_000) / (performance.now() - start));
      for (const [server, ms] of cpuMs) note?.(server, ms / events);
    });
  await drain(SIDES[0]);
  await turns.rounds(worker, drain);
  return rowsOf(turns, worker);
}

function rowsOf(turns: Turns<Side>, group: string): Row[] {
  const [one, ...more] = SIDES;
  return [
    ...more.map((side) =>
      turns.row([one, side], 'reactions', {
        group,
        figure: `reactions, ${side.instances} instances beside one`,
        unit: '1 / s',
        target: { ratio: Number((side.instances * AT_LEAST).toFixed(1)), is: 'at least' },
      }),
    ),
    ...(['postgres', 'rabbitmq'] as const).map((server) =>
      turns.row([one, SIDES[2]], server, {
        group,
        figure: `${server}, 3 instances beside one`,
        unit: 'CPU-ms / reaction',
        target: { ratio: AT_MOST, is: 'at most' },
      }),
    ),
  ];
}
