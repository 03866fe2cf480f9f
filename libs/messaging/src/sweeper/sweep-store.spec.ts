import { Client } from 'pg';
import { ProcessedReactions } from '@convene/inbox/processed-reactions';
import { logger } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { PrismaService } from '@convene/prisma/prisma.service';
import { withClockOffBy } from '@convene/testing/process-clock';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { SweepStore } from './sweep-store';

const QUEUE = 'events';
const HOUR = 3_600_000;

describe('the sweep store', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let reactions: ProcessedReactions;
  let store: SweepStore;

  beforeEach(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
    reactions = new ProcessedReactions(prisma.database);
    store = new SweepStore(prisma.database);
    await reactions.register([{ name: 'react', eventType: 'x.y', queue: QUEUE }]);
  });
  afterEach(async () => {
    await prisma.onApplicationShutdown();
    await database.drop();
  });

  const INSERT = `INSERT INTO domain_events (type, payload, published_at) VALUES ('x.y', '{}', now()) RETURNING id`;
  const append = async () => {
    const [row] = await prisma.$queryRawUnsafe<[{ id: string }]>(INSERT);
    return row.id;
  };
  /** In the next millisecond: events of the current one are too young for a sweep. */
  const nextMillisecond = async () => {
    const end = Date.now() + 1;
    while (Date.now() <= end) await new Promise(setImmediate);
  };
  const sweep = async () => {
    await nextMillisecond();
    return (await store.missing(QUEUE, 0, 100)).map(({ id }) => id);
  };
  const watermark = async () => (await prisma.sweepWatermark.findUnique({ where: { queue: QUEUE } }))?.watermark ?? '';

  /** A transaction that has written an event and is not over. */
  async function slowTransaction() {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('BEGIN');
    const { rows } = await client.query<{ id: string }>(INSERT);
    const end = async (how: 'COMMIT' | 'ROLLBACK') => {
      await client.query(how);
      await client.end();
    };
    return { id: rows[0]?.id ?? '', end };
  }

  /** Events that are over, and sweeps, until the watermark has passed one of them. */
  async function passed(id: string): Promise<void> {
    while ((await watermark()) < id) expect(await sweep()).toEqual([]);
  }

  it('finds an event that commits long after later ones are processed', async () => {
    const slow = await slowTransaction();
    const later = await append();
    await reactions.complete(later, 'react');
    for (let round = 0; round < 5; round++) expect(await sweep()).toEqual([]);
    expect((await watermark()) < slow.id).toBe(true);

    await slow.end('COMMIT');
    expect(await sweep()).toEqual([slow.id]);
    await reactions.complete(slow.id, 'react');
    await passed(later);
  });

  it('reads each event once, with a watermark that passes processed events and rolled-back ids', async () => {
    const slow = await slowTransaction();
    const over = await append();
    await reactions.complete(over, 'react');
    await slow.end('ROLLBACK');
    await passed(over);
    const missing = await append();
    expect(await sweep()).toEqual([missing]);
    for (let round = 0; round < 3; round++) expect(await sweep()).toEqual([missing]);
    expect((await watermark()) < missing).toBe(true);
  });

  it('keeps, behind its watermark, the waits of reactions that are not over: a replay stands for them', async () => {
    const [over, replayed] = [await append(), await append()];
    for (const id of [over, replayed]) await reactions.complete(id, 'react');
    const wait = (eventId: string, dueAt: Date) =>
      prisma.reactionWait.create({ data: { eventId, reaction: 'react', queue: QUEUE, chain: 'act', dueAt } });
    await passed(replayed);
    // It died, a replay took it out of the ledger, and it waits for a mail server.
    await prisma.processedReaction.delete({ where: { eventId_reaction: { eventId: replayed, reaction: 'react' } } });
    await wait(over, new Date(Date.now() + HOUR));
    await wait(replayed, new Date(Date.now() + HOUR));
    const next = await append();
    await reactions.complete(next, 'react');
    await passed(next);
    expect(await prisma.reactionWait.findMany()).toMatchObject([{ eventId: replayed }]);
    await prisma.reactionWait.updateMany({ data: { dueAt: new Date(Date.now() - HOUR) } });
    const last = await append();
    await reactions.complete(last, 'react');
    await passed(last);
    expect(await prisma.reactionWait.count()).toBe(0);
  });

  it('costs one statement, and no write, without a new event', async () => {
    const over = await append();
    await reactions.complete(over, 'react');
    await passed(over);
    const reached = await watermark();
    const execute = jest.spyOn(prisma.database, 'execute');
    const query = jest.spyOn(prisma.database, 'query');
    for (let round = 0; round < 3; round++) expect(await sweep()).toEqual([]);
    expect([query.mock.calls.length, execute.mock.calls.length]).toEqual([3, 0]);
    expect(await watermark()).toBe(reached);
  });

  it('ignores events from before its reactions existed', async () => {
    const long = INSERT.replace('(type', '(id, type').replace(
      "('x.y'",
      `(uuid_v7_floor(now() - interval '1 day'), 'x.y'`,
    );
    await prisma.$queryRawUnsafe(long);
    await sweep();
    const query = jest.spyOn(prisma.database, 'query');
    expect(await sweep()).toEqual([]);
    expect(query).toHaveBeenCalledTimes(1);
  });

  it('does not take reactions that are younger than its age for a clock that went back', async () => {
    const warn = jest.spyOn(logger, 'warn');
    expect(await store.missing(QUEUE, HOUR, 100)).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
    expect(await watermark()).toBe('');
    const id = await append();
    expect(await sweep()).toEqual([id]);
  });

  it('finds events below its watermark after the clock of the database went back', async () => {
    await prisma.$executeRaw`
      INSERT INTO sweep_watermarks (queue, watermark) VALUES (${QUEUE}, uuid_v7_floor(now() + interval '1 hour'))`;
    const id = await append();
    expect(await sweep()).toEqual([id]);
    await reactions.complete(id, 'react');
    await passed(id);
  });

  it('finds events of a reaction that a process with a fast clock has registered', async () => {
    const ahead = [{ name: 'react-too', eventType: 'x.z', queue: QUEUE }];
    await withClockOffBy(HOUR, () => reactions.register(ahead));
    const [row] = await prisma.$queryRawUnsafe<[{ id: string }]>(INSERT.replace('x.y', 'x.z'));
    expect(await sweep()).toEqual([row.id]);
  });
});
