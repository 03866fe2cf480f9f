import amqplib, { type ConfirmChannel } from 'amqplib';
import { type QueueName, QUEUES } from '@convene/messaging/topology/queues';
import { measureHops, percentile } from '../../demo/hops';
import { System } from '../../dev/system';
import { atRate } from '../../simulated-users/pace';
import { UserPairs } from '../../simulated-users/user-pairs';
import type { Bench, BenchRun } from '../bench';
import { deployedEnv } from '../deployed-env';
import { newGround } from '../ground';
import type { Row } from '../table';
import { Turns } from '../turns';

/** 10,000 unreadable messages in all. */
const FULL = { slices: 5, seconds: 20, poisonPerSecond: 100 };
const QUICK = { slices: 2, seconds: 10, poisonPerSecond: 100 };
const GOOD_PER_SECOND = 20;
const PAIRS = 20;
const WARM_UP_S = 15;
const SETTLE_MS = 60_000;
const AT_MOST = 2;
/** Those of the events that the good ones are, and of what follows from them. */
const POISONED: readonly QueueName[] = ['events.invites', 'notifications.realtimes'];

const SIDES = ['calm', 'poison'] as const;
type Side = (typeof SIDES)[number];

export const poison: Bench = {
  about: 'good events beside 10,000 messages that no reaction can read, in the same queues',
  servers: ['postgres', 'redis', 'rabbitmq'],
  run: comparePoison,
};

async function comparePoison({ size, tell, undo }: BenchRun): Promise<Row[]> {
  const { slices, seconds, poisonPerSecond } = size === 'full' ? FULL : QUICK;
  const ground = await newGround(undo);
  const { databaseUrl, rabbitmqUrl, keys } = ground;
  const system = await System.start({ env: deployedEnv(ground) });
  undo.push(() => system.stop());
  const stack = { apiUrl: system.app('api-gateway').url, wsUrl: system.app('ws-gateway').url };
  const jwtPrivateKey = keys.JWT_PRIVATE_KEY;
  const pairs = await UserPairs.create({ stack, databaseUrl, jwtPrivateKey, pairs: PAIRS });
  undo.push(() => pairs.disconnect());
  await pairs.connect();
  const connection = await amqplib.connect(rabbitmqUrl);
  undo.push(() => connection.close());
  const channel = await connection.createConfirmChannel();

  /** @returns from commit to socket, in ms, for each good event. */
  const drive = async (side: Side, forS: number): Promise<number[]> => {
    const since = new Date();
    const good = atRate(GOOD_PER_SECOND, forS, () => pairs.write());
    if (side === 'poison') await atRate(poisonPerSecond, forS, () => spoil(channel));
    await good;
    await pairs.settled(SETTLE_MS);
    const arrivals = new Map(
      pairs.users.flatMap(({ device }) => device.received.map((received) => [received.frame.id, received] as const)),
    );
    const hops = await measureHops(databaseUrl, arrivals, since);
    return hops.get('written → socket (commit to socket)') ?? [];
  };

  for (const side of SIDES) await drive(side, WARM_UP_S);
  const before = await deadLetters(channel);
  const turns = new Turns<Side>(SIDES, slices, tell);
  await turns.rounds('latency', async (side, note) => {
    const latencies = await drive(side, seconds);
    if (latencies.length === 0) throw new Error('No good event has arrived');
    for (const share of [0.5, 0.99]) note(`p${share * 100}`, percentile(latencies, share));
  });
  const spoilt = slices * seconds * poisonPerSecond;
  while ((await deadLetters(channel)) - before < spoilt) await new Promise((resolve) => setTimeout(resolve, 100));
  const faults = pairs.faults();
  if (faults.length > 0) throw new Error(`The promise is broken: ${faults.slice(0, 5).join('; ')}`);
  const row = (key: string, target?: Row['target']) =>
    turns.row(SIDES, key, { group: 'commit to socket', figure: key, unit: 'ms', target });
  return [row('p50'), row('p99', { ratio: AT_MOST, is: 'at most' })];
}

let turn = 0;

async function spoil(channel: ConfirmChannel): Promise<void> {
  const queue = POISONED[turn++ % POISONED.length] as QueueName;
  channel.sendToQueue(queue, Buffer.from(`{ "poison": ${turn}`), { messageId: `poison ${turn}`, persistent: true });
  await channel.waitForConfirms();
}

async function deadLetters(channel: ConfirmChannel): Promise<number> {
  let total = 0;
  for (const queue of QUEUES) total += (await channel.checkQueue(`${queue}.dlq`)).messageCount;
  return total;
}
