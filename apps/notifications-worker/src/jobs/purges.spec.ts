import { register } from 'prom-client';
import type { Job } from '@convene/jobs/job';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { PurgeDecidedJob } from './purge-decided.job';
import { PurgeMailTokensJob } from './purge-mail-tokens.job';
import { PurgeSessionsJob } from './purge-sessions.job';
import { PurgeSweepsJob } from './purge-sweeps.job';

const POLICY = { sessionsDays: 90, decidedDays: 365 };
const DAY = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY);

let database: TestDatabase;
let prisma: PrismaService;
let db: Database;
beforeEach(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  db = databaseAs('notifications-worker', database.url);
});
afterEach(async () => {
  await prisma.onApplicationShutdown();
  await db.onApplicationShutdown();
  await database.drop();
});

const run = (job: Job) => job.run(new AbortController().signal);
async function person(name: string): Promise<string> {
  const id = newId();
  await prisma.user.create({ data: { id, email: `${id}@example.com`, displayName: name, passwordHash: '-' } });
  return id;
}
const purged = async (table: string) => {
  const { values = [] } = (await register.getSingleMetric('purged_rows_total')?.get()) ?? {};
  return values.find(({ labels }) => labels['table'] === table)?.value ?? 0;
};

describe('the purge of sessions', () => {
  const session = (
    userId: string,
    userAgent: string,
    facts: { expiresAt?: Date; revokedAt?: Date; ackedSeq?: bigint },
  ) => prisma.session.create({ data: { id: newId(), userId, userAgent, expiresAt: ago(-30), ...facts } });
  const kept = async () =>
    (await prisma.session.findMany({ orderBy: { userAgent: 'asc' } })).map(({ userAgent }) => userAgent);

  it('deletes those that were revoked or expired long ago, with their push subscriptions, and counts them', async () => {
    const ana = await person('Ana');
    await session(ana, 'alive', {});
    await session(ana, 'expired', { expiresAt: ago(91) });
    await session(ana, 'expired lately', { expiresAt: ago(89) });
    const revoked = await session(ana, 'revoked', { revokedAt: ago(91) });
    await session(ana, 'revoked lately', { revokedAt: ago(89) });
    await prisma.pushSubscription.create({
      data: { id: newId(), userId: ana, sessionId: revoked.id, endpoint: 'https://push.example.com/1', keys: {} },
    });
    const before = await purged('sessions');
    await run(new PurgeSessionsJob(db, POLICY));
    expect(await kept()).toEqual(['alive', 'expired lately', 'revoked lately']);
    expect(await prisma.pushSubscription.count()).toBe(0);
    expect((await purged('sessions')) - before).toBe(2);
  });

  it('keeps the one that acknowledged the most, by which timelines and mails go', async () => {
    const [ana, bo] = [await person('Ana'), await person('Bo')];
    for (const acked of [3n, 7n, 7n, 5n]) await session(ana, `ana ${acked}`, { expiresAt: ago(100), ackedSeq: acked });
    await session(bo, 'bo 4', { expiresAt: ago(100), ackedSeq: 4n });
    await session(bo, 'bo alive', { ackedSeq: 9n });
    await run(new PurgeSessionsJob(db, POLICY));
    expect(await kept()).toEqual(['ana 7', 'bo alive']);
  });

  it('is refused for sessions of the last week, and no app deletes one otherwise', async () => {
    await expect(run(new PurgeSessionsJob(db, { ...POLICY, sessionsDays: 6 }))).rejects.toThrow('always kept');
    await expect(db.execute(sql`DELETE FROM sessions`)).rejects.toThrow('permission denied');
  });
});

it('the purge of mail tokens deletes links a week after they expired, used or not', async () => {
  const ana = await person('Ana');
  const link = { userId: ana, tokenHash: '-', email: 'ana@example.com' };
  await prisma.mailToken.createMany({
    data: [
      { id: newId(), ...link, purpose: 'VERIFY_EMAIL', expiresAt: ago(7.1), usedAt: ago(8) },
      { id: newId(), ...link, purpose: 'RESET_PASSWORD', expiresAt: ago(6.9) },
      { id: newId(), ...link, purpose: 'CHANGE_EMAIL', expiresAt: ago(-1) },
    ],
  });
  await run(new PurgeMailTokensJob(db));
  const kept = await prisma.mailToken.findMany({ orderBy: { purpose: 'asc' } });
  expect(kept.map(({ purpose }) => purpose)).toEqual(['RESET_PASSWORD', 'CHANGE_EMAIL']);
});

describe('the purge of what is decided', () => {
  it('deletes invites and requests to join a year after the decision, and never a pending one', async () => {
    const [ana, bo] = [await person('Ana'), await person('Bo')];
    const companyId = newId();
    await prisma.company.create({ data: { id: companyId, name: 'Acme' } });
    const invite = { companyId, inviterId: ana, role: 'MEMBER', tokenHash: '-' } as const;
    await prisma.invite.createMany({
      data: [
        { id: newId(), ...invite, email: 'pending', expiresAt: ago(500), createdAt: ago(510) },
        { id: newId(), ...invite, email: 'rejected', status: 'REJECTED', expiresAt: ago(370), decidedAt: ago(366) },
        { id: newId(), ...invite, email: 'expired', status: 'EXPIRED', expiresAt: ago(370), decidedAt: ago(366) },
        { id: newId(), ...invite, email: 'lately', status: 'ACCEPTED', expiresAt: ago(370), decidedAt: ago(364) },
      ],
    });
    await prisma.joinRequest.createMany({
      data: [
        { id: newId(), companyId, userId: ana, createdAt: ago(500) },
        { id: newId(), companyId, userId: bo, status: 'DECLINED', decidedAt: ago(366) },
        { id: newId(), companyId, userId: bo, status: 'DECLINED', decidedAt: ago(364) },
      ],
    });
    await run(new PurgeDecidedJob(db, POLICY));
    const invites = await prisma.invite.findMany({ orderBy: { email: 'asc' } });
    expect(invites.map(({ email }) => email)).toEqual(['lately', 'pending']);
    const requests = await prisma.joinRequest.findMany({ orderBy: { createdAt: 'asc' } });
    expect(requests.map(({ status }) => status)).toEqual(['PENDING', 'DECLINED']);
  });

  it('does not wait for a row that another session has locked', async () => {
    const ana = await person('Ana');
    const companyId = newId();
    await prisma.company.create({ data: { id: companyId, name: 'Acme' } });
    const facts = { companyId, inviterId: ana, role: 'MEMBER', tokenHash: '-', expiresAt: ago(400) } as const;
    const held = newId();
    for (const id of [held, newId()])
      await prisma.invite.create({ data: { id, email: id, status: 'REVOKED', decidedAt: ago(400), ...facts } });
    await prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM invites WHERE id = ${held}::uuid FOR UPDATE`;
      await run(new PurgeDecidedJob(db, POLICY));
    });
    expect(await prisma.invite.findMany({ select: { id: true } })).toEqual([{ id: held }]);
    await run(new PurgeDecidedJob(db, POLICY));
    expect(await prisma.invite.count()).toBe(0);
  });
});

it('the purge of sweeps deletes what is overdue by a month: its queue is gone', async () => {
  const [old, recent] = [ago(31), ago(29)];
  await prisma.sweepAttempt.createMany({
    data: [
      { queue: 'gone', eventId: newId(), nextAt: old },
      { queue: 'events', eventId: newId(), nextAt: recent },
    ],
  });
  const wait = { reaction: 'r', chain: 'relay' };
  await prisma.reactionWait.createMany({
    data: [
      { ...wait, queue: 'gone', eventId: newId(), dueAt: old },
      { ...wait, queue: 'events', eventId: newId(), dueAt: recent },
    ],
  });
  await run(new PurgeSweepsJob(db));
  for (const rows of [await prisma.sweepAttempt.findMany(), await prisma.reactionWait.findMany()])
    expect(rows.map(({ queue }) => queue)).toEqual(['events']);
});
