import { once } from 'node:events';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import type { Room } from '@convene/contracts/sockets/rooms';
import { ShardedFramePublisher } from '@convene/realtime/sharded-frames';
import { createRedis } from '@convene/redis/redis';
import { createTestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { newKeys } from '../../dev/keys';
import type { Bench, BenchRun } from '../bench';
import type { Row } from '../table';
import { committerTo, insertUsers } from './client-group';
import { compareSides, type Result } from './compare-sides';
import { costOfIdleNode } from './idle-node';
import type { Setup } from './measured-side';
import { sidesOn } from './sides';

const FULL = {
  warmUp: 1_000,
  slices: 5,
  accepts: 400,
  broadcasts: 15,
  targeted: 20_000,
  idle: { rounds: 7, seconds: 3 },
};
const QUICK = {
  warmUp: 400,
  slices: 3,
  accepts: 250,
  broadcasts: 10,
  targeted: 10_000,
  idle: { rounds: 3, seconds: 2 },
};

export const realtime: Bench = {
  about: 'the ws-gateway beside bare Socket.IO',
  servers: ['postgres', 'redis'],
  run: compareRealtime,
};

async function compareRealtime({ size: chosen, tell, undo }: BenchRun): Promise<Row[]> {
  const size = chosen === 'full' ? FULL : QUICK;
  const database = await createTestDatabase();
  undo.push(() => database.drop());
  const databaseUrl = database.url;
  const { url: redisUrl } = await createTestRedis();
  const keys = newKeys();
  const count = size.warmUp + size.slices * size.accepts;
  const { plain, sharded, classic, gateway } = sidesOn({ databaseUrl, redisUrl, publicKeys: keys.JWT_PUBLIC_KEYS });
  const redis = createRedis(redisUrl, { role: 'publisher' });
  const classicClients = [new Redis(redisUrl), new Redis(redisUrl)] as const;
  undo.push(() => [redis, ...classicClients].forEach((client) => client.disconnect()));
  await once(redis, 'ready');
  const publisher = new ShardedFramePublisher(redis);
  const commit = committerTo(databaseUrl);
  const classicServer = new Server({ adapter: createAdapter(...classicClients) });
  tell(`plain, sharded and gateway in turns, ${count} clients each`);
  const setups: Setup[] = [];
  while (setups.length < 3) {
    setups.push({ ...(await insertUsers(databaseUrl, keys.JWT_PRIVATE_KEY, count)), publisher, commit });
  }
  const results = await compareSides([plain, gateway, sharded], setups, size);
  const { people } = setups[0] as Setup;
  tell('a node without recipients');
  const emitClassic = (room: Room, event: string, frame: object) => classicServer.to(room).emit(event, frame);
  const emitSharded = (room: Room, event: string, frame: object) => publisher.emit(room, event, frame);
  const idleClassic = await costOfIdleNode(classic, emitClassic, people, size.idle);
  const idleGateway = await costOfIdleNode(gateway, emitSharded, people, size.idle);
  return rowsOf(results as [Result, Result, Result], idleClassic, idleGateway);
}

function rowsOf([plain, ours, sharded]: [Result, Result, Result], idleClassic: number, idleOurs: number): Row[] {
  return [
    {
      figure: 'memory per idle connection',
      unit: 'KB heap + external',
      bare: plain.bytes / 1_024,
      ours: ours.bytes / 1_024,
      target: { ratio: 1.05, is: 'at most' },
    },
    { figure: 'the same, resident', unit: 'KB RSS', bare: plain.resident / 1_024, ours: ours.resident / 1_024 },
    {
      figure: 'accepts, bare verifies the token and joins a room',
      unit: '/ CPU-s',
      bare: sharded.accepts,
      ours: ours.accepts,
      target: { ratio: 1, is: 'at least' },
    },
    { figure: 'accepts, bare does neither', unit: '/ CPU-s', bare: plain.accepts, ours: ours.accepts },
    {
      figure: 'broadcast deliveries',
      unit: '/ CPU-s',
      bare: plain.broadcasts,
      ours: ours.broadcasts,
      target: { ratio: 1, is: 'at least' },
    },
    {
      figure: 'targeted deliveries',
      unit: '/ CPU-s',
      bare: sharded.targeted ?? NaN,
      ours: ours.targeted ?? NaN,
      target: { ratio: 0.9, is: 'at least' },
    },
    {
      figure: 'an emit on a node without recipients, bare is classic',
      unit: 'CPU-µs',
      bare: idleClassic,
      ours: idleOurs,
      target: { ratio: 0.02, is: 'at most' },
    },
  ];
}
