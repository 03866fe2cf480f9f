import { randomUUID } from 'node:crypto';
import { PoisonMessageError } from '@convene/messaging/wire';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { InvitesMessageParser } from './legacy-invite-message';

const bytes = (json: unknown) => Buffer.from(JSON.stringify(json));

describe('InvitesMessageParser', () => {
  let database: TestDatabase;
  let prisma: PrismaService;
  let db: Database;
  let parser: InvitesMessageParser;
  beforeAll(async () => {
    database = await createTestDatabase();
    prisma = new PrismaService(new Database({ databaseUrl: database.url, applicationName: 'spec' }));
    db = databaseAs('invites-worker', database.url);
    parser = new InvitesMessageParser(db);
  });
  afterAll(async () => {
    await prisma.onApplicationShutdown();
    await db.onApplicationShutdown();
    await database.drop();
  });

  async function invite(createdAt: Date): Promise<string> {
    const [id, companyId, inviterId] = [newId(), newId(), newId()];
    await prisma.user.create({ data: { id: inviterId, email: `${id}@x.test`, displayName: 'A', passwordHash: '-' } });
    await prisma.company.create({ data: { id: companyId, name: 'Acme' } });
    const facts = { email: 'b@x.test', role: 'MEMBER', tokenHash: '-', expiresAt: new Date() } as const;
    await prisma.invite.create({ data: { id, companyId, inviterId, createdAt, ...facts } });
    return id;
  }

  it('accepts the bare message of the original architecture', async () => {
    const inviteId = randomUUID();
    expect(await parser.parse(bytes({ inviteId }))).toMatchObject({
      type: 'invitation_mails.requested',
      payload: { inviteId },
    });
  });

  it('derives the same id at each delivery of a bare message, from the time of its invite, and another after a resend', async () => {
    const createdAt = new Date('2026-10-01T00:00:00Z');
    const inviteId = await invite(createdAt);
    const deliver = async () => (await parser.parse(bytes({ inviteId }))).id;
    const first = await deliver();
    expect(await deliver()).toBe(first);
    expect(parseInt(first.replaceAll('-', '').slice(0, 12), 16)).toBe(createdAt.getTime());
    await prisma.invite.update({ where: { id: inviteId }, data: { rotation: 1 } });
    const resent = await deliver();
    expect(resent).not.toBe(first);
    expect(await deliver()).toBe(resent);
    expect((await parser.parse(bytes({ inviteId: await invite(createdAt) }))).id).not.toBe(first);
  });

  it('returns an event unchanged, with its id', async () => {
    const event = await parser.parse(bytes({ inviteId: randomUUID() }));
    expect(await parser.parse(bytes(event))).toEqual(event);
  });

  it.each([[{ inviteId: 'no-uuid' }], [{ inviteId: 7 }], [{}], ['text'], [null]])(
    'refuses %p as poison',
    async (body) => {
      await expect(parser.parse(bytes(body))).rejects.toThrow(PoisonMessageError);
    },
  );
});
