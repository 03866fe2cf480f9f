import { tmpdir } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { createTestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { newKeys } from '../../dev/keys';
import { flatOut } from '../../simulated-users/pace';
import type { Bench, BenchRun } from '../bench';
import { cpuDuring } from '../process-stats';
import { serverPids } from '../server-pids';
import type { Row } from '../table';
import { type Note, Turns } from '../turns';
import type { Answer } from './read-client';
import { insertReaders, type Reader } from './readers';
import { type Side, startSides } from './sides';

const SIZE = {
  full: { slices: 5, seconds: 4, breathMs: 500 },
  quick: { slices: 2, seconds: 2, breathMs: 300 },
  smoke: { slices: 1, seconds: 1, breathMs: 100 },
};
const CONCURRENCY = 16;
const AT_MOST = 2;

interface Read {
  readonly name: string;
  readonly path: (reader: Reader) => string;
  /** Sends the ETag of the answer before. */
  readonly conditional?: true;
}

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
  const { slices, seconds, breathMs } = SIZE[chosen];
  const database = await createTestDatabase();
  undo.push(() => database.drop());
  const keys = newKeys();
  const readers = await insertReaders(database.url, keys.JWT_PRIVATE_KEY);
  const { url: redisUrl } = await createTestRedis();
  const sides = await startSides({ databaseUrl: database.url, redisUrl, mailDir: tmpdir(), keys }, undo);
  const { postgres = NaN } = serverPids(['postgres']);
  for (const read of READS) await requireSameAnswers(read, sides, readers);
  const turns = new Turns(sides, slices, tell);
  for (const read of READS) {
    const etags = new Map<Reader, string>();
    for (const reader of readers) etags.set(reader, (await ask(sides[1], read, reader)).etag ?? '');
    let turn = 0;
    const drive = (side: Side, forSeconds: number) =>
      flatOut(CONCURRENCY, forSeconds, async () => {
        const reader = readers[turn++ % readers.length] as Reader;
        const { status } = await ask(side, read, reader, etags.get(reader));
        if (status !== (read.conditional ? 304 : 200)) throw new Error(`${read.name} answered ${status}`);
      });
    const slice = async (side: Side, note: Note) => {
      const start = performance.now();
      const { cpuMs, result: requests } = await cpuDuring({ server: side.pid, postgres }, () => drive(side, seconds));
      note(`${read.name}: rate`, (requests * 1_000) / (performance.now() - start));
      for (const [process, ms] of cpuMs) note(`${read.name}: ${process}`, ms / requests);
    };
    for (const side of sides) await drive(side, seconds / 2);
    await turns.rounds(read.name, slice, { breathMs });
  }
  return READS.flatMap(({ name }) => rowsOf(turns, sides, name));
}

function ask({ client }: Side, { path, conditional }: Read, reader: Reader, etag?: string): Promise<Answer> {
  const authorization = `Bearer ${reader.token}`;
  return client.get(path(reader), { authorization, ...(conditional && etag && { 'if-none-match': etag }) });
}

/** Whole answers: the same rows in the same order, with the same fields. */
async function requireSameAnswers(read: Read, sides: readonly Side[], readers: readonly Reader[]): Promise<void> {
  for (const reader of readers) {
    const [bare, ours] = await Promise.all(sides.map((side) => ask(side, read, reader)));
    const same =
      bare?.status === 200 && ours?.status === 200 && isDeepStrictEqual(JSON.parse(bare.body), JSON.parse(ours.body));
    if (!same) throw new Error(`${read.name} differs:\n${JSON.stringify(bare)}\n${JSON.stringify(ours)}`);
  }
}

function rowsOf(turns: Turns<Side>, [bare, ours]: readonly [Side, Side], name: string): Row[] {
  const row = (figure: string, unit: string, key: string, target?: Row['target']): Row => ({
    group: name,
    figure,
    unit,
    bare: turns.median(bare, `${name}: ${key}`),
    ours: turns.median(ours, `${name}: ${key}`),
    ...(target && { target }),
  });
  return [
    row('the server', 'CPU-ms / request', 'server', { ratio: AT_MOST, is: 'at most' }),
    row('PostgreSQL', 'CPU-ms / request', 'postgres'),
    row('requests', '/ s', 'rate'),
  ];
}
