import { setTimeout as wait } from 'node:timers/promises';
import { CompanyDeleted } from '@convene/contracts/events/companies-deleted';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import type { Publisher, PublishOutcome } from '../publisher';
import { CLAIM_MS, ClaimedRows } from './claimed-rows';
import { Outbox } from './outbox';
import { OutboxStore } from './outbox-store';

describe('ClaimedRows', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let store: OutboxStore;
  let claimed: ClaimedRows;
  /** What the broker has not answered yet. */
  let answers: ((outcome: PublishOutcome) => void)[];

  beforeEach(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
    store = new OutboxStore(prisma.database);
    answers = [];
    const publish = () => new Promise<PublishOutcome>((resolve) => answers.push(resolve));
    claimed = new ClaimedRows(store, { publish } as unknown as Publisher);
  });
  afterEach(async () => {
    await prisma.onApplicationShutdown();
    await database.drop();
  });

  const append = (count: number) =>
    new Outbox(prisma.database).transaction(async (_, append) => {
      const payload = () => ({ companyId: newId(), companyName: 'Acme' });
      for (let n = 0; n < count; n++) await append(CompanyDeleted, payload(), { actorId: null });
    });
  const answer = (outcome: PublishOutcome) => answers.splice(0).forEach((settle) => settle(outcome));

  it('marks in one statement what the broker confirms together', async () => {
    await append(50);
    const publication = claimed.publish(await store.claim(50, CLAIM_MS));
    const mark = jest.spyOn(store, 'markPublished');
    answer('confirmed');
    await publication;
    expect(mark).toHaveBeenCalledTimes(1);
    expect(await prisma.domainEvent.count({ where: { publishedAt: null } })).toBe(0);
  });

  it('keeps a claim for as long as the broker does not answer, and gives back what it does not take', async () => {
    await append(1);
    const publication = claimed.publish(await store.claim(1, CLAIM_MS));
    const end = performance.now() + 2 * CLAIM_MS;
    while (performance.now() < end) expect((await store.look(1)).due).toBe(false);
    answer('returned');
    await publication;
    while (!(await store.look(1)).due);
    expect(await store.claim(1, CLAIM_MS)).toHaveLength(1);
  });

  it('gives up what the broker answers while the database fails: a relay finds it again', async () => {
    await append(2);
    const publications = (await store.claim(2, CLAIM_MS)).map((row) => claimed.publish([row]));
    const mark = jest.spyOn(store, 'markPublished').mockImplementationOnce(async () => {
      answer('returned');
      throw new Error('the database is away');
    });
    answers.shift()?.('confirmed');
    const results = await Promise.allSettled(publications);
    expect(mark).toHaveBeenCalledTimes(1);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    // No claim is renewed without end.
    while ((await store.claim(2, 0)).length < 2);
  });

  it('renews claims by one statement at a time, so that a database that hangs keeps its connections for others', async () => {
    await append(1);
    const publication = claimed.publish(await store.claim(1, CLAIM_MS));
    let end: () => void = () => undefined;
    const hanging = new Promise<void>((resolve) => (end = resolve));
    const renew = jest.spyOn(store, 'renew').mockImplementation(() => hanging);
    await wait(2 * CLAIM_MS);
    expect(renew).toHaveBeenCalledTimes(1);
    end();
    while (renew.mock.calls.length < 2) await wait(10);
    answer('confirmed');
    await publication;
  });

  it('leaves the claim of a process that has died to its end', async () => {
    await append(1);
    await store.claim(1, CLAIM_MS);
    const { due, nextInMs } = await store.look(1);
    expect(due).toBe(false);
    expect(nextInMs).toBeGreaterThan(0);
    expect(nextInMs).toBeLessThanOrEqual(CLAIM_MS);
    while (!(await store.look(1)).due);
    expect(await store.claim(1, CLAIM_MS)).toHaveLength(1);
  });
});
