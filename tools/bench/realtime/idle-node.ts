import { setTimeout as pause } from 'node:timers/promises';
import { type Room, userRoom } from '@convene/contracts/sockets/rooms';
import { median } from '../median';
import { type BenchUser, ClientGroup } from './client-group';
import { inboxFrame } from './frames';
import type { MeasuredServer } from './measured-server';
import type { Side } from './sides';

/** Leaves a frame for a room, wherever its sockets are. */
export type Emit = (room: Room, event: string, frame: object) => unknown;

/** Idle and under load in turns: what the machine does otherwise meets both alike. */
export interface Periods {
  readonly rounds: number;
  readonly seconds: number;
}

const PER_SECOND = 4_000;
const TICK_MS = 10;
const SETTLE_MS = 1_000;
/** On each of the two nodes. */
const PEOPLE = 20;

/**
 * Two nodes; all frames are for users of the first. @returns what one of them costs the second, in microseconds of
 * processor time over what it uses when nothing is sent: the median of all rounds.
 */
export async function costOfIdleNode(
  side: Side,
  emit: Emit,
  people: readonly BenchUser[],
  { rounds, seconds }: Periods,
) {
  const nodes = [await side.start(), await side.start()] as const;
  const groups = nodes.map((node) => new ClientGroup(node, side.liveAt));
  try {
    const [busy, bystanders] = [people.slice(0, PEOPLE), people.slice(PEOPLE, PEOPLE * 2)];
    await groups[0]?.join(busy);
    await groups[1]?.join(bystanders);
    let seq = 0;
    const load = () =>
      atRate(seconds, () => {
        const turn = seq++;
        const { userId } = busy[turn % PEOPLE] as BenchUser;
        emit(userRoom(userId), 'notifications.created', inboxFrame(Math.floor(turn / PEOPLE) + 1));
      });
    await load();
    await pause(SETTLE_MS);
    const costs: number[] = [];
    while (costs.length < rounds) {
      const idleMs = await cpuDuring(nodes[1], () => pause(seconds * 1_000));
      const loadedMs = await cpuDuring(nodes[1], load);
      costs.push(((loadedMs - idleMs) * 1_000) / (PER_SECOND * seconds));
    }
    return median(costs);
  } finally {
    for (const clients of groups) clients.leave();
    for (const node of nodes) await node.stop();
  }
}

async function cpuDuring(node: MeasuredServer, work: () => Promise<unknown>): Promise<number> {
  const { cpuMs } = await node.measure();
  await work();
  return (await node.measure()).cpuMs - cpuMs;
}

async function atRate(seconds: number, send: () => void): Promise<void> {
  const start = performance.now();
  const total = PER_SECOND * seconds;
  for (let sent = 0; sent < total; await pause(TICK_MS)) {
    const due = Math.min(total, ((performance.now() - start) / 1_000) * PER_SECOND);
    for (; sent < due; sent += 1) send();
  }
}
