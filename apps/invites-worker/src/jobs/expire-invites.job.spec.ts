import { Outbox } from '@convene/messaging/outbox/outbox';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { ExpireInvitesJob } from './expire-invites.job';

let database: TestDatabase;
let prisma: PrismaService;
let db: Database;
let job: ExpireInvitesJob;
let inviterId: string;
let companyId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
  db = databaseAs('invites-worker', database.url);
  job = new ExpireInvitesJob(new Outbox(db));
  inviterId = newId();
  await prisma.user.create({
    data: { id: inviterId, email: 'ana@example.com', displayName: 'Ana', passwordHash: '-' },
  });
});
beforeEach(async () => {
  companyId = newId();
  await prisma.company.create({ data: { id: companyId, name: 'Acme', membershipVersion: 7 } });
});
afterAll(async () => {
  await prisma.onApplicationShutdown();
  await db.onApplicationShutdown();
  await database.drop();
});

const run = () => job.run(new AbortController().signal);
const HOUR = 3_600_000;
async function invites(
  count: number,
  expiresInMs: number,
  status: 'PENDING' | 'REVOKED' = 'PENDING',
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  const expiresAt = new Date(Date.now() + expiresInMs);
  const rest = { companyId, inviterId, role: 'MEMBER' as const, tokenHash: '-', status, expiresAt };
  await prisma.invite.createMany({ data: ids.map((id) => ({ ...rest, id, email: `${id}@example.com` })) });
  return ids;
}
const events = () => prisma.domainEvent.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
const statusOf = async (id: string) => (await prisma.invite.findUniqueOrThrow({ where: { id } })).status;

it('the expiry job expires exactly the overdue invites, each with its event', async () => {
  const [late] = (await invites(1, -HOUR)) as [string];
  const [open] = (await invites(1, HOUR)) as [string];
  const [revoked] = (await invites(1, -HOUR, 'REVOKED')) as [string];
  await run();
  expect([await statusOf(late), await statusOf(open), await statusOf(revoked)]).toEqual([
    'EXPIRED',
    'PENDING',
    'REVOKED',
  ]);
  expect(await events()).toMatchObject([
    {
      type: 'invites.expired',
      actorId: null,
      membershipVersion: 7,
      publishedAt: null,
      payload: { inviteId: late, companyId, companyName: 'Acme', inviterId },
    },
  ]);
  await run();
  expect(await events()).toHaveLength(1);
});

it('the expiry job works in batches, and concurrent instances expire each invite once', async () => {
  const ids = await invites(250, -HOUR);
  await Promise.all([run(), run(), run()]);
  expect(await prisma.invite.count({ where: { companyId, status: 'EXPIRED' } })).toBe(250);
  const announced = (await events()).map(({ payload }) => (payload as { inviteId: string }).inviteId);
  expect(announced.sort()).toEqual(ids.sort());
});

it('the expiry job skips an invite that a concurrent accept has locked', async () => {
  const [id] = (await invites(1, -HOUR)) as [string];
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 AS locked FROM companies WHERE id = ${companyId}::uuid FOR NO KEY UPDATE`;
    await run();
    expect(await statusOf(id)).toBe('PENDING');
    await tx.invite.update({ where: { id }, data: { status: 'ACCEPTED' } });
  });
  await run();
  expect(await statusOf(id)).toBe('ACCEPTED');
  expect(await events()).toEqual([]);
});

it('a late accept waits for the expiry job and finds the invite expired', async () => {
  const [id] = (await invites(1, -HOUR)) as [string];
  const seen: string[] = [];
  for (let round = 0; round < 20; round++) {
    await prisma.invite.update({ where: { id }, data: { status: 'PENDING' } });
    const accept = prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 AS locked FROM companies WHERE id = ${companyId}::uuid FOR NO KEY UPDATE`;
      const { status } = await tx.invite.findUniqueOrThrow({ where: { id } });
      if (status === 'PENDING') await tx.invite.update({ where: { id }, data: { status: 'ACCEPTED' } });
    });
    await Promise.all([run(), accept]);
    seen.push(await statusOf(id));
    expect(await events()).toHaveLength(seen.filter((status) => status === 'EXPIRED').length);
  }
  expect(seen).not.toContain('PENDING');
});

it('the expiry job stops between batches when it is aborted', async () => {
  await invites(150, -HOUR);
  const stopping = new AbortController();
  stopping.abort();
  await expect(job.run(stopping.signal)).rejects.toThrow();
  expect(await prisma.invite.count({ where: { companyId, status: 'EXPIRED' } })).toBe(100);
  await run();
});
