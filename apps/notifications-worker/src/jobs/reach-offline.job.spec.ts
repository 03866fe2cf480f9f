import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { OfflineHarness } from '../test-support/offline-harness';

let database: TestDatabase;
let prisma: PrismaService;
let db: Database;
let harness: OfflineHarness;
let bo: string;

beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  db = databaseAs('notifications-worker', database.url);
  harness = new OfflineHarness(prisma, db);
});
beforeEach(async () => {
  await prisma.inboxCounter.deleteMany();
  bo = await harness.person();
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await db.onApplicationShutdown();
  await database.drop();
});

const counter = () => prisma.inboxCounter.findUniqueOrThrow({ where: { userId: bo } });
const mute = (channel: 'EMAIL' | 'WEB_PUSH', code = 'COMPANY_DELETED') =>
  prisma.preference.create({ data: { userId: bo, code, channel, enabled: false } });
/** Quiet for an hour on either side of now. */
const quiet = async () => {
  const minute = new Date().getUTCHours() * 60 + new Date().getUTCMinutes();
  const hours = { fromMinute: (minute + 1380) % 1440, toMinute: (minute + 60) % 1440 };
  await prisma.quietHours.create({ data: { userId: bo, ...hours } });
};
const digest = (fromSeq: number, toSeq: number) => ({
  type: 'digest_mails.requested',
  internal: true,
  payload: { userId: bo, fromSeq, toSeq },
});

describe('a digest mail', () => {
  it('is one mail for ten events of a minute', async () => {
    const events = await harness.notify(bo, [61, 50, 45, 40, 35, 30, 20, 10, 5, 0]);
    const requested = await harness.pass();
    expect(requested).toMatchObject([digest(1, 10)]);
    await harness.react(requested);
    await harness.react(await harness.pass());
    const mails = harness.mailsOf(bo);
    expect(mails.map(({ name }) => name)).toEqual([`digest-${bo}-10.eml`]);
    expect(mails[0]?.source).toContain('You have 10 new notifications');
    expect(mails[0]?.source).toContain('Acme 9 was deleted.');
    expect(mails[0]?.source).toContain(`Message-ID: <digest-${bo}-10@convene>`);
    expect((await harness.steps(events)).filter((step) => step === 'mailed EMAIL')).toHaveLength(10);
    expect(await counter()).toMatchObject({ mailedSeq: 10n });
  });

  it('waits until the oldest notification is old enough', async () => {
    await harness.notify(bo, [59, 30]);
    expect(await harness.pass()).toEqual([]);
    expect(await counter()).toMatchObject({ mailedSeq: 0n });
    expect(await harness.pass({ digestAfterMs: 50_000 })).toMatchObject([digest(1, 2)]);
  });

  it('is sent once per interval', async () => {
    await harness.notify(bo, [90]);
    expect(await harness.pass()).toHaveLength(1);
    await harness.notify(bo, [61]);
    expect(await harness.pass()).toEqual([]);
    expect(await harness.pass({ digestEveryMs: 0 })).toMatchObject([digest(2, 2)]);
  });

  it('is not sent for notifications that are acknowledged, read, archived or deleted', async () => {
    await harness.device(bo, 1);
    await harness.device(bo, 2);
    const past = new Date();
    const events = [
      ...(await harness.notify(bo, [90, 90])),
      ...(await harness.notify(bo, [90], { readAt: past })),
      ...(await harness.notify(bo, [90], { archivedAt: past })),
      ...(await harness.notify(bo, [90], { deletedAt: past })),
    ];
    expect(await harness.pass()).toEqual([]);
    expect(await harness.steps(events)).toEqual([]);
    expect(await counter()).toMatchObject({ mailedSeq: 5n, pushedSeq: 5n });
  });

  it('leaves out codes that are switched off for mails, and records why', async () => {
    await mute('EMAIL', 'INVITE_EXPIRED');
    const [muted = ''] = await harness.notify(bo, [90], {
      code: 'INVITE_EXPIRED',
      params: { inviteId: bo, companyName: 'Quiet' },
    });
    const [wanted = ''] = await harness.notify(bo, [80]);
    const requested = await harness.pass();
    expect(requested).toMatchObject([digest(2, 2)]);
    expect(await harness.steps([muted, wanted])).toEqual([
      'withheld EMAIL muted',
      'withheld WEB_PUSH no_subscription',
      'mailed EMAIL',
      'withheld WEB_PUSH no_subscription',
    ]);
  });

  it('is not sent when all codes are switched off', async () => {
    await mute('EMAIL');
    await harness.notify(bo, [90, 0]);
    expect(await harness.pass()).toEqual([]);
    expect(await counter()).toMatchObject({ mailedSeq: 2n });
  });

  it('waits for the end of quiet hours', async () => {
    await quiet();
    const events = await harness.notify(bo, [90]);
    expect(await harness.pass()).toEqual([]);
    expect(await harness.steps(events)).toEqual([]);
    expect(await counter()).toMatchObject({ mailedSeq: 0n, pushedSeq: 0n });
    await prisma.quietHours.delete({ where: { userId: bo } });
    expect(await harness.pass()).toMatchObject([digest(1, 1)]);
  });

  it('is not sent to an unverified address', async () => {
    bo = await harness.person({ verified: false });
    const events = await harness.notify(bo, [90]);
    expect(await harness.pass()).toEqual([]);
    expect(await harness.steps(events)).toEqual(['withheld EMAIL unverified', 'withheld WEB_PUSH no_subscription']);
    expect(await counter()).toMatchObject({ mailedSeq: 1n });
  });

  it('leaves out notifications seen before it is sent, and is not sent without any', async () => {
    await harness.notify(bo, [90, 80]);
    const requested = await harness.pass();
    await harness.device(bo, 1);
    await harness.react(requested);
    expect(harness.mailsOf(bo)[0]?.source).toMatch(/Subject: Acme 1 was deleted\./);

    bo = await harness.person();
    await harness.notify(bo, [90, 80]);
    const late = await harness.pass();
    await harness.device(bo, 2);
    await harness.react(late);
    expect(harness.mailsOf(bo)).toEqual([]);
  });
});

it('concurrent instances of the job request one mail per user, over several pages and windows', async () => {
  const people = await Promise.all(Array.from({ length: 150 }, () => harness.person()));
  for (const person of people) await harness.notify(person, [90]);
  await harness.notify(bo, Array<number>(450).fill(90));
  const signal = new AbortController().signal;
  const since = newId();
  await harness.timePasses();
  await Promise.all([1, 2, 3].map(() => harness.job({ digestEveryMs: 0 }).run(signal)));
  for (let pass = 0; pass < 4; pass++) await harness.job({ digestEveryMs: 0 }).run(signal);
  const events = await prisma.domainEvent.findMany({ where: { id: { gt: since }, type: 'digest_mails.requested' } });
  const payloads = events.map(({ payload }) => payload as { userId: string; fromSeq: number; toSeq: number });
  const others = payloads.filter(({ userId }) => userId !== bo);
  expect(others.map(({ userId }) => userId).sort()).toEqual([...people].sort());
  const mine = payloads.filter(({ userId }) => userId === bo).sort((a, b) => a.fromSeq - b.fromSeq);
  expect(mine.map(({ fromSeq, toSeq }) => [fromSeq, toSeq])).toEqual([
    [1, 200],
    [201, 400],
    [401, 450],
  ]);
}, 60_000);

describe('an unreached inbox', () => {
  /** Until its next look, beyond the shorter delay of 10 s. */
  const nextLookInS = async () => {
    const [row] = await prisma.$queryRaw<{ s: number }[]>`
      SELECT round(extract(epoch FROM waiting_since - clock_timestamp() + interval '10 s'))::int AS s
      FROM unreached_inboxes WHERE user_id = ${bo}::uuid`;
    return row?.s;
  };
  /** A busy machine takes a part of it. */
  const expectNextLookIn = async (s: number) => expect([s - 3, s - 2, s - 1, s]).toContain(await nextLookInS());

  it('is checked when a push may be due, then when a mail may be due, and not again', async () => {
    await harness.notify(bo, [4]);
    await expectNextLookIn(10);
    await harness.pass();
    await expectNextLookIn(6);
    expect(await counter()).toMatchObject({ pushedSeq: 0n, mailedSeq: 0n });
    await prisma.notification.updateMany({ data: { createdAt: new Date(Date.now() - 12_000) } });
    await harness.pass();
    await expectNextLookIn(48);
    expect(await counter()).toMatchObject({ pushedSeq: 1n, mailedSeq: 0n });
    await prisma.notification.updateMany({ data: { createdAt: new Date(Date.now() - 61_000) } });
    await harness.pass();
    expect(await nextLookInS()).toBeUndefined();
  });

  it('decides when the job runs again, which rests while nothing can be due', async () => {
    const run = () => harness.job().run(new AbortController().signal);
    await prisma.unreachedInbox.deleteMany();
    expect(await run()).toBe(10_000);
    await harness.notify(bo, [0]);
    const waiting = await run();
    expect(waiting).toBeGreaterThan(5_000);
    expect(waiting).toBeLessThanOrEqual(10_000);
    await harness.timePasses();
    expect(await run()).toBe(2_000);
  });

  it('is checked earlier for the push of a notification that comes while an earlier one waits for its mail', async () => {
    await harness.notify(bo, [12]);
    await harness.pass();
    expect(await counter()).toMatchObject({ pushedSeq: 1n, mailedSeq: 0n });
    await expectNextLookIn(48);
    await harness.notify(bo, [0]);
    await expectNextLookIn(10);
    await harness.notify(bo, [0]);
    await expectNextLookIn(10);
  });

  it('is not checked before its time', async () => {
    await harness.notify(bo, [90]);
    await harness.job().run(new AbortController().signal);
    expect(await counter()).toMatchObject({ pushedSeq: 0n, mailedSeq: 0n });
  });

  it('waits for the end of quiet hours, and for the interval between two digests', async () => {
    await quiet();
    await harness.notify(bo, [90]);
    await harness.pass();
    await expectNextLookIn(60);
    await prisma.quietHours.delete({ where: { userId: bo } });
    expect(await harness.pass()).toHaveLength(1);
    await harness.notify(bo, [61]);
    await harness.pass({ digestEveryMs: 30_000 });
    await expectNextLookIn(30);
  });

  it('starts again with the first notification after all decisions, and is deleted with its counter', async () => {
    await harness.notify(bo, [90]);
    await harness.pass();
    expect(await nextLookInS()).toBeUndefined();
    await harness.notify(bo, [0]);
    await expectNextLookIn(10);
    await prisma.inboxCounter.delete({ where: { userId: bo } });
    expect(await nextLookInS()).toBeUndefined();
  });
});

it('an inbox that is locked by a writer is left for the next pass of the job', async () => {
  await harness.notify(bo, [90]);
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 AS locked FROM inbox_counters WHERE user_id = ${bo}::uuid FOR UPDATE`;
    expect(await harness.pass()).toEqual([]);
  });
  expect(await harness.pass()).toMatchObject([digest(1, 1)]);
});
