import { Erasure } from '@convene/erasure/erasure';
import { NotificationWriter } from '@convene/inbox/notification-writer';
import { notify } from '@convene/messaging/reactions';
import { newId } from '@convene/prisma/ids';
import { sqlIn } from '@convene/prisma/transaction';
import { addMember } from '../memberships/add-member';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { dumpTables, waitingForLock } from '../test-support/database-work';

let api: ApiHarness;
let ana: Person;
let bo: Person;
beforeAll(async () => {
  api = await ApiHarness.start();
});
beforeEach(async () => {
  [ana, bo] = [await api.person('Anastasia'), await api.person('Bo')];
});
afterAll(() => api.stop());

const remove = (person: Person, password = person.password) =>
  api.send('DELETE', 'me', { token: person.token, body: { password } });
const erase = (person: Person) => new Erasure(api.prisma.database).execute(person.id);

async function join(companyId: string, inviter: Person, person: Person, role = 'MEMBER'): Promise<void> {
  const { id } = await api.invite(companyId, inviter, person.email, role);
  await api.post(`invites/${id}/accept`, { token: person.token });
}

/** A second owner, as a transfer or a promotion makes one. */
async function promote(companyId: string, { id: userId }: Person): Promise<void> {
  await api.prisma.membership.updateMany({ where: { companyId, userId }, data: { role: 'OWNER' } });
}

describe('the deletion of an account is refused', () => {
  it('without the password, and nothing changes', async () => {
    const before = await dumpTables(api.databaseUrl);
    expect(await remove(ana, 'a wrong one')).toMatchObject({ status: 403, body: { code: 'PASSWORD_WRONG' } });
    expect(await dumpTables(api.databaseUrl)).toEqual(before);
  });

  it('to the only owner of companies with other members, which the answer names, and nothing changes', async () => {
    const [acme, beta] = [await api.company(ana, 'Acme'), await api.company(ana, 'Beta')];
    await api.company(ana, 'Of Ana alone');
    const shared = await api.company(bo, 'Of Bo');
    await join(shared, bo, ana);
    for (const company of [acme, beta]) await join(company, ana, bo, 'ADMIN');
    const before = await dumpTables(api.databaseUrl);
    const answer = await remove(ana);
    expect(answer).toMatchObject({ status: 409, body: { code: 'OWNER_OF_COMPANIES' } });
    expect(answer.body.errors).toEqual([
      { field: acme, message: 'Acme' },
      { field: beta, message: 'Beta' },
    ]);
    expect(await dumpTables(api.databaseUrl)).toEqual(before);
  });

  it('to one of the last two owners who delete at once', async () => {
    const company = await api.company(ana);
    await join(company, ana, bo);
    await promote(company, bo);
    await join(company, ana, await api.person('Cy'));
    const answers = await Promise.all([remove(ana), remove(bo)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(await api.prisma.membership.count({ where: { companyId: company, role: 'OWNER' } })).toBe(1);
  });
});

describe('after the deletion of an account', () => {
  it('the user has no session, login, address or name', async () => {
    const other = (await api.login(ana.email, ana.password)).body;
    const answer = await remove(ana);
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^convene_access=; .*Max-Age=0/),
      expect.stringMatching(/^convene_refresh=; .*Max-Age=0/),
    ]);
    for (const token of [ana.token, other.accessToken]) {
      expect(await api.get('me', { token })).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
    }
    const refreshed = await api.post('auth/refresh', { body: { refreshToken: other.refreshToken } });
    expect(refreshed).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
    expect(await api.login(ana.email, ana.password)).toMatchObject({ status: 401 });
    expect(await api.login(`${ana.id}@erased.invalid`, '!')).toMatchObject({ status: 401 });
    expect(await api.prisma.user.findUnique({ where: { id: ana.id } })).toMatchObject({
      email: `${ana.id}@erased.invalid`,
      emailVerifiedAt: null,
      displayName: '[deleted]',
      activeCompanyId: null,
      deletedAt: expect.any(Date),
    });
    const sessions = await api.prisma.session.findMany({ where: { userId: ana.id } });
    expect(sessions.map(({ revokedReason, userAgent }) => [revokedReason, userAgent])).toEqual([
      ['account_deleted', null],
      ['account_deleted', null],
    ]);
    const ended = await api.events({ type: 'sessions.revoked', actorId: ana.id });
    expect(ended).toMatchObject([{ payload: { reason: 'revoked' } }, { payload: { reason: 'revoked' } }]);
    expect(await api.events({ type: 'users.deleted', actorId: ana.id })).toMatchObject([
      { payload: { userId: ana.id } },
    ]);
    expect(await api.events({ type: 'erasures.requested', actorId: ana.id })).toMatchObject([{ internal: true }]);
  });

  it('companies with other members continue, and companies without are deleted', async () => {
    const [alone, shared, owned] = [await api.company(ana), await api.company(bo, 'Of Bo'), await api.company(ana)];
    const pending = await api.invite(alone, ana, 'new@example.com');
    await join(shared, bo, ana, 'ADMIN');
    await join(owned, ana, bo);
    await promote(owned, bo);
    await api.send('PUT', 'me/active-company', { token: ana.token, body: { companyId: shared } });
    expect((await remove(ana)).status).toBe(204);

    expect(await api.prisma.membership.count({ where: { userId: ana.id } })).toBe(0);
    expect(await api.prisma.membershipPeriod.count({ where: { userId: ana.id, toVersion: null } })).toBe(0);
    const { deletedAt } = await api.prisma.company.findUniqueOrThrow({ where: { id: alone } });
    expect(deletedAt).not.toBeNull();
    expect(await api.events({ type: 'companies.deleted', companyId: alone })).toHaveLength(1);
    expect(await api.prisma.invite.findUnique({ where: { id: pending.id } })).toMatchObject({ status: 'REVOKED' });
    expect(await api.get(`invites/${pending.token}`)).toMatchObject({ status: 404 });
    for (const companyId of [shared, owned]) {
      expect(await api.events({ type: 'memberships.left', companyId })).toMatchObject([
        { actorId: ana.id, payload: { userId: ana.id, userName: '[deleted]' }, membershipVersion: expect.any(Number) },
      ]);
      expect((await api.get(`companies/${companyId}`, { token: bo.token })).status).toBe(200);
    }
    const list = await api.get('companies', { token: bo.token });
    expect(list.body.data.map((row) => (row as { id: string }).id).sort()).toEqual([shared, owned].sort());
  });

  it('a pending invite to the address stays for its next owner', async () => {
    const company = await api.company(bo);
    const { id } = await api.invite(company, bo, ana.email);
    await remove(ana);
    await erase(ana);
    const body = { email: ana.email, password: 'another pass phrase', displayName: 'Anew' };
    const { body: anew } = await api.post('auth/signup', { body });
    expect(anew.id).not.toBe(ana.id);
    const { accessToken: token } = (await api.login(body.email, body.password)).body;
    await api.post('auth/verify-email', { token, body: { token: await api.verificationToken(anew.id) } });
    expect((await api.get('invites', { token })).body.data).toMatchObject([{ id }]);
  });
});

describe('the erasure of a deleted account', () => {
  it('leaves no name, text or address anywhere, and keeps every event', async () => {
    const { prisma } = api;
    ana = await api.person('Wilhelmina');
    const company = await api.company(bo, 'Of Bo');
    await join(company, bo, ana, 'ADMIN');
    const cy = await api.person('Cy');
    await join(company, ana, cy);
    await api.invite(company, ana, 'someone@example.com');
    await api.post('me/email', { token: ana.token, body: { email: 'wilhelmina@new.example', password: ana.password } });
    await everythingElse(ana, bo);
    const writer = new NotificationWriter(prisma.database);
    const occurredAt = new Date().toISOString();
    const joined = (await api.events({ type: 'memberships.joined', actorId: ana.id }))[0];
    const params = { companyName: 'Of Bo', userId: ana.id, userName: ana.displayName };
    const others = { users: [bo.id, cy.id] };
    if (joined) await writer.commit({ ...joined, occurredAt }, 'notify', [notify(others, 'MEMBER_JOINED', params)]);
    const hers = await wrote(ana, company);
    await writer.commit({ ...hers, occurredAt }, 'notify', [notify(others, 'MESSAGE', hers.payload)]);
    const his = await wrote(bo, company, 'to her');
    await writer.commit({ ...his, occurredAt }, 'notify', [notify({ users: [ana.id] }, 'MESSAGE', his.payload)]);
    expect((await dumpTables(api.databaseUrl)).notifications?.join()).toContain('dear all');
    const before = await prisma.domainEvent.findMany({ select: { id: true, type: true, actorId: true } });

    expect((await remove(ana)).status).toBe(204);
    await erase(ana);
    await erase(ana); // at least once

    const dump = Object.values(await dumpTables(api.databaseUrl)).flat();
    expect(dump.filter((row) => /wilhelmina|dear all/i.test(row))).toEqual([]);
    const after = await prisma.domainEvent.findMany({ select: { id: true, type: true, actorId: true } });
    expect(after).toEqual(expect.arrayContaining(before));
    const kept = await prisma.domainEvent.findUnique({ where: { id: joined?.id ?? '' } });
    expect(kept?.payload).toMatchObject({ companyName: 'Of Bo', userId: ana.id, userName: '[deleted]' });
    const notified = await prisma.notification.findMany({ where: { eventId: joined?.id ?? '' } });
    expect(notified).toHaveLength(2);
    for (const { params: shown } of notified) expect(shown).toEqual({ ...params, userName: '[deleted]' });
    expect(await prisma.notification.count({ where: { recipientUserId: ana.id } })).toBe(0);
    const boSaid = await prisma.domainEvent.findUnique({ where: { id: his.id } });
    expect(boSaid?.payload).toMatchObject({ senderName: 'Bo', text: 'to her' });
  });

  it('changes nothing of an account that is not deleted', async () => {
    const before = await dumpTables(api.databaseUrl);
    await erase(ana);
    expect(await dumpTables(api.databaseUrl)).toEqual(before);
  });

  async function wrote(sender: Person, companyId: string, text = 'dear all') {
    const id = newId();
    const senderName = sender.displayName;
    const payload = {
      audience: 'company',
      recipientIds: [],
      companyName: 'Of Bo',
      senderId: sender.id,
      senderName,
      text,
    };
    const event = { id, type: 'notifications.sent', payload, actorId: sender.id, companyId, membershipVersion: 1 };
    await api.prisma.domainEvent.create({ data: event });
    return event;
  }

  /** A row in every table that can hold something of a person's. */
  async function everythingElse({ id: userId, sessionId }: Person, friend: Person): Promise<void> {
    const { prisma } = api;
    const browser = { endpoint: `https://p/${userId}`, keys: { p256dh: 'x', auth: 'y' } };
    const expiresAt = new Date(Date.now() + 60_000);
    const company = await prisma.company.create({ data: { id: newId(), name: 'Public' } });
    await prisma.friendship.create({ data: { id: newId(), requesterId: userId, addresseeId: friend.id } });
    await prisma.block.create({ data: { id: newId(), blockerId: friend.id, blockedId: userId } });
    await prisma.pushSubscription.create({ data: { id: newId(), userId, sessionId, ...browser } });
    await prisma.preference.create({ data: { userId, code: 'MESSAGE', channel: 'EMAIL', enabled: false } });
    await prisma.quietHours.create({ data: { userId, fromMinute: 1, toMinute: 2 } });
    await prisma.joinRequest.create({ data: { id: newId(), userId, companyId: company.id } });
    const former = { email: 'ana-of-old@example.com', restorableUntil: expiresAt };
    await prisma.formerAddress.create({ data: { id: newId(), userId, ...former } });
    await prisma.idempotencyKey.create({ data: { scope: userId, key: 'k', requestHash: 'h', expiresAt } });
  }

  it('leaves no row that belongs to the user', async () => {
    await everythingElse(ana, bo);
    await api.post('auth/password/forgot', { body: { email: ana.email } });
    await remove(ana);
    const tables = await dumpTables(api.databaseUrl);
    const holding = Object.keys(tables).filter((table) => tables[table]?.some((row) => row.includes(ana.id)));
    expect(holding).toEqual(['domain_events', 'sessions', 'users']);
  });
});

describe('simultaneous with a deletion', () => {
  it('twenty more deletions have one effect', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => remove(ana)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
    expect(await api.events({ type: 'users.deleted', actorId: ana.id })).toHaveLength(1);
  });

  it('the user joins no company', async () => {
    const company = await api.company(bo);
    for (let round = 0; round < 15; round += 1) {
      const cy = await api.person('Cy');
      const { id } = await api.invite(company, bo, cy.email);
      const [deleted] = await Promise.all([remove(cy), api.post(`invites/${id}/accept`, { token: cy.token })]);
      expect(deleted.status).toBe(204);
      expect(await api.prisma.membership.count({ where: { userId: cy.id } })).toBe(0);
    }
  });

  it('an accept of their join request waits for the deletion, and is refused', async () => {
    const company = await api.company(bo);
    const letIn = () => api.prisma.$transaction((tx) => addMember(sqlIn(tx), company, ana.id, 'MEMBER', 10));
    let deleted: ReturnType<typeof remove> | undefined;
    let joined: Promise<unknown> | undefined;
    // What the deletion comes to after it has locked the account.
    await api.prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM sessions WHERE user_id = ${ana.id}::uuid FOR UPDATE`;
      deleted = remove(ana);
      await waitingForLock(api.databaseUrl);
      joined = letIn().catch((error: unknown) => error);
      await waitingForLock(api.databaseUrl, 2);
    });
    expect((await deleted)?.status).toBe(204);
    expect(await joined).toMatchObject({ code: 'NOT_FOUND' });
    expect(await api.prisma.membership.count({ where: { userId: ana.id } })).toBe(0);
  });
});
