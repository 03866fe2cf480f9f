import { tmpdir } from 'node:os';
import { createTestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { newKeys } from '../../dev/keys';
import type { Bench, BenchRun } from '../bench';
import { cpuDuring } from '../process-stats';
import { serverPids } from '../server-pids';
import type { Row } from '../table';
import { type Note, Turns } from '../turns';
import { type Read, ReadDriver, requireSameAnswers } from './read-driver';
import { insertReaders } from './readers';
import { type Side, startSides } from './sides';

const SIZE = {
  full: { slices: 5, seconds: 4, breathMs: 500, warmUps: 1_500 },
  quick: { slices: 2, seconds: 2, breathMs: 300, warmUps: 600 },
  smoke: { slices: 1, seconds: 1, breathMs: 100, warmUps: 300 },
};
const AT_MOST = 2;

const READS: readonly Read[] = [
  { name: 'GET notifications, 20 of 500', path: () => '/v1/notifications?limit=20' },
  { name: 'GET unread count', path: () => '/v1/notifications/unread' },
  { name: 'GET unread count, ETag matches', path: () => '/v1/notifications/unread', conditional: true },
  { name: 'GET invites, 20 of 30', path: () => '/v1/invites?limit=20' },
  { name: 'GET members, 20 of 300', path: ({ companyId }) => `/v1/companies/${companyId}/members?limit=20` },
];

export const http: Bench = {
  about: 'reads of the api-gateway beside Fastify and pg with the same SQL',
  servers: ['postgres', 'redis'],
  inSmoke: true,
  run: compareReads,
};

async function compareReads({ size: chosen, tell, undo }: BenchRun): Promise<Row[]> {
  const { slices, seconds, breathMs, warmUps } = SIZE[chosen];
  const database = await createTestDatabase();
  undo.push(() => database.drop());
  const keys = newKeys();
  const readers = await insertReaders(database.url, keys.JWT_PRIVATE_KEY);
  const { url: redisUrl } = await createTestRedis();
  const sides = await startSides({ databaseUrl: database.url, redisUrl, mailDir: tmpdir(), keys }, undo);
  const { postgres = NaN } = serverPids(['postgres']);
  for (const read of READS) await requireSameAnswers(read, sides, readers);
  tell(`${warmUps} requests of each kind to each side, to warm up`);
  const requests = READS.map((read) => ({ read, driver: new ReadDriver(read, readers) }));
  for (const { driver } of requests) {
    for (const side of sides) await driver.times(warmUps, side);
  }
  const turns = new Turns(sides, slices, tell);
  for (const { read, driver } of requests) {
    const slice = async (side: Side, note: Note) => {
      const start = performance.now();
      const { cpuMs, result } = await cpuDuring({ server: side.pid, postgres }, () => driver.during(seconds, side));
      note(`${read.name}: rate`, (result * 1_000) / (performance.now() - start));
      for (const [process, ms] of cpuMs) note(`${read.name}: ${process}`, ms / result);
    };
    await turns.rounds(read.name, slice, { breathMs });
  }
  return READS.flatMap(({ name }) => rowsOf(turns, sides, name));
}

function rowsOf(turns: Turns<Side>, sides: readonly [Side, Side], name: string): Row[] {
  const row = (figure: string, unit: string, key: string, target?: Row['target']) =>
    turns.row(sides, `${name}: ${key}`, { group: name, figure, unit, target });
  return [
    row('the server', 'CPU-ms / request', 'server', { ratio: AT_MOST, is: 'at most' }),
    row('PostgreSQL', 'CPU-ms / request', 'postgres'),
    row('requests', '/ s', 'rate'),
  ];
}
