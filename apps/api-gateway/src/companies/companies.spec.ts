import { newId } from '@convene/prisma/ids';
import { addMembers } from '../test-support/add-members';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { createUsers, type TestUser } from '../test-support/create-users';
import { expectConsistent } from '../test-support/expect-consistent';

let api: ApiHarness;
let ana: Person;
let companyId: string;
let admin: TestUser;
let member: TestUser;
beforeAll(async () => {
  api = await ApiHarness.start();
  ana = await api.person('Ana');
});
beforeEach(async () => {
  companyId = await api.company(ana);
  [admin, member] = (await createUsers(api, 2)) as [TestUser, TestUser];
  await addMembers(api, companyId, [admin], 'ADMIN');
  await addMembers(api, companyId, [member], 'MEMBER');
});
afterEach(() => expectConsistent(api, companyId));
afterAll(() => api.stop());

const patch = ({ token }: TestUser, body: object) => api.send('PATCH', `companies/${companyId}`, { token, body });
const remove = ({ token }: TestUser) => api.send('DELETE', `companies/${companyId}`, { token });
const transfer = ({ token }: TestUser, userId: string) =>
  api.post(`companies/${companyId}/ownership`, { token, body: { userId } });
const row = () => api.prisma.company.findUniqueOrThrow({ where: { id: companyId } });
const forbidden = { status: 403, body: { code: 'FORBIDDEN' } };

describe('changing a company', () => {
  it('is allowed to owners and admins, and its event carries the current values', async () => {
    expect(await patch(admin, { name: ' Apex ', isPublic: true })).toMatchObject({
      status: 200,
      body: { id: companyId, name: 'Apex', isPublic: true, role: 'ADMIN', membershipVersion: 3 },
    });
    const [event] = await api.events({ companyId, type: 'companies.updated' });
    expect(event).toMatchObject({
      actorId: admin.id,
      membershipVersion: 3,
      payload: { companyId, name: 'Apex', isPublic: true },
    });
    expect(await patch(member, { name: 'Mine' })).toMatchObject(forbidden);
    expect(await row()).toMatchObject({ name: 'Apex' });
  });

  it('writes no event when nothing changes', async () => {
    expect(await patch(ana, {})).toMatchObject({ status: 200, body: { name: 'Acme' } });
    expect(await patch(ana, { name: 'Acme', isPublic: false })).toMatchObject({ status: 200 });
    expect(await api.events({ companyId, type: 'companies.updated' })).toEqual([]);
  });
});

describe('deleting a company', () => {
  it('is allowed to owners only', async () => {
    expect(await remove(admin)).toMatchObject(forbidden);
    expect((await row()).deletedAt).toBeNull();
  });

  it('ends its memberships, invites and requests, with one event for all who were members', async () => {
    await patch(ana, { isPublic: true });
    const [guest] = (await createUsers(api, 1)) as [TestUser];
    const invite = await api.invite(companyId, ana, 'new@example.com');
    const request = await api.post(`companies/${companyId}/join-requests`, { token: guest.token });
    await api.prisma.user.updateMany({
      where: { id: { in: [ana.id, member.id] } },
      data: { activeCompanyId: companyId },
    });

    expect(await remove(ana)).toMatchObject({ status: 204 });
    expect(await row()).toMatchObject({ deletedAt: expect.any(Date), membershipVersion: 4 });
    const [event] = await api.events({ companyId, type: 'companies.deleted' });
    expect(event).toMatchObject({ actorId: ana.id, membershipVersion: 3, payload: { companyName: 'Acme' } });
    const periods = await api.prisma.membershipPeriod.findMany({ where: { companyId } });
    expect(periods.map(({ toVersion }) => toVersion)).toEqual([4, 4, 4]);
    expect(await api.prisma.invite.findUnique({ where: { id: invite.id } })).toMatchObject({ status: 'REVOKED' });
    expect(await api.prisma.joinRequest.findUnique({ where: { id: request.body.id } })).toMatchObject({
      status: 'DECLINED',
    });
    expect((await api.get('me', { token: ana.token })).body).toMatchObject({ activeCompanyId: null });
    expect((await api.get('companies', { token: member.token })).body.data).toEqual([]);
    for (const path of ['', '/members', '/audit', '/invites', '/public']) {
      expect(await api.get(`companies/${companyId}${path}`, { token: ana.token })).toMatchObject({ status: 404 });
    }
    expect(await api.get(`invites/${invite.token}`)).toMatchObject({ status: 404 });
    expect(await remove(ana)).toMatchObject({ status: 404 });
  });

  it('with ten thousand members takes about a second', async () => {
    await api.prisma.$executeRaw`
      WITH made AS (
        INSERT INTO users (id, email, password_hash, display_name, active_company_id)
        SELECT gen_random_uuid(), 'm' || n || '@example.com', '-', 'M', ${companyId}::uuid FROM generate_series(1, 10000) n
        RETURNING id
      ), members AS (INSERT INTO memberships (company_id, user_id, role) SELECT ${companyId}::uuid, id, 'MEMBER' FROM made)
      INSERT INTO membership_periods (company_id, user_id, from_version, role)
      SELECT ${companyId}::uuid, id, 3, 'MEMBER' FROM made`;
    const started = performance.now();
    expect(await remove(ana)).toMatchObject({ status: 204 });
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(await api.prisma.membership.count({ where: { companyId } })).toBe(0);
    expect(await api.prisma.user.count({ where: { activeCompanyId: companyId } })).toBe(0);
  });
});

describe('the public page of a company', () => {
  it('is served without authentication, for public companies only', async () => {
    const page = () => api.get(`companies/${companyId}/public`);
    const hidden = await page();
    expect(hidden).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    await patch(ana, { isPublic: true });
    const { status, body } = await page();
    expect(status).toBe(200);
    expect(body).toEqual({ id: companyId, name: 'Acme', memberCount: 3, createdAt: expect.any(String) });
  });
});

describe('the audit trail', () => {
  const audit = ({ token }: TestUser, query = '') => api.get(`companies/${companyId}/audit${query}`, { token });

  it('lists the changes newest first to owners and admins, with the current names of the actors', async () => {
    await api.invite(companyId, { ...ana, ...admin }, 'new@example.com');
    await api.prisma.user.update({ where: { id: admin.id }, data: { displayName: 'Ada Maria' } });
    const { status, body } = await audit(admin);
    expect(status).toBe(200);
    expect(body.data).toMatchObject([
      { type: 'invites.created', actor: { id: admin.id, displayName: 'Ada Maria' }, membershipVersion: 3 },
      { type: 'memberships.joined', actor: { id: member.id }, facts: { userId: member.id, role: 'MEMBER' } },
      { type: 'memberships.joined', actor: { displayName: 'Ada Maria' } },
      { type: 'companies.created', actor: { id: ana.id }, membershipVersion: 1 },
    ]);
    // Work is not news: no mail that is due, and no address.
    expect(JSON.stringify(body)).not.toMatch(/mail/);
    expect(await audit(member)).toMatchObject(forbidden);
  });

  it('contains no texts or recipients of messages, nor whether an invited address has an account', async () => {
    const [known] = (await createUsers(api, 1)) as [TestUser];
    await api.invite(companyId, ana, known.email);
    await api.invite(companyId, ana, 'unknown@example.com');
    const body = { to: 'members', companyId, userIds: [member.id], text: 'Between the two of us' };
    expect(await api.post('notifications', { token: ana.token, body })).toMatchObject({ status: 202 });
    const { data } = (await audit(admin)).body;
    const [message, ...invites] = data.slice(0, 3) as { type: string; facts: object }[];
    expect(message).toMatchObject({
      type: 'notifications.sent',
      facts: { audience: 'users', companyName: 'Acme' },
    });
    expect(Object.keys(message?.facts ?? {}).sort()).toEqual(['audience', 'companyName']);
    const shown = ['companyName', 'inviteId', 'inviterId', 'inviterName', 'role'];
    for (const { facts } of invites) expect(Object.keys(facts).sort()).toEqual(shown);
    expect(JSON.stringify(data.slice(0, 3))).not.toContain(known.id);
  });

  it('names no actor for changes made by the system', async () => {
    const { id } = await api.invite(companyId, ana, 'late@example.com');
    await api.prisma.invite.update({ where: { id }, data: { expiresAt: new Date() } });
    await api.invite(companyId, ana, 'late@example.com');
    const [, expired] = (await audit(ana)).body.data;
    expect(expired).toMatchObject({ type: 'invites.expired', actor: null, facts: { inviteId: id } });
  });

  it('is read page by page', async () => {
    const first = (await audit(ana, '?limit=2')).body;
    expect(first.data).toMatchObject([{ type: 'memberships.joined' }, { type: 'memberships.joined' }]);
    const second = await audit(ana, `?limit=2&cursor=${first.nextCursor}`);
    expect(second.body).toMatchObject({ data: [{ type: 'companies.created' }], nextCursor: null });
  });
});

describe('a transfer of ownership', () => {
  it('makes the target an owner and the caller an admin, at one version and in one event', async () => {
    expect(await transfer(ana, member.id)).toMatchObject({
      status: 200,
      body: { role: 'ADMIN', membershipVersion: 4 },
    });
    const [event] = await api.events({ companyId, type: 'memberships.ownership_transferred' });
    expect(event).toMatchObject({
      actorId: ana.id,
      membershipVersion: 4,
      payload: { fromUserId: ana.id, fromName: 'Ana', toUserId: member.id },
    });
    const fresh = await api.prisma.membershipPeriod.findMany({ where: { companyId, fromVersion: 4 } });
    expect(new Set(fresh.map(({ userId, role }) => `${userId} ${role}`))).toEqual(
      new Set([`${ana.id} ADMIN`, `${member.id} OWNER`]),
    );
    expect(await transfer(ana, admin.id)).toMatchObject(forbidden);
  });

  it('to another owner only makes the caller an admin', async () => {
    const [second] = (await createUsers(api, 1)) as [TestUser];
    await addMembers(api, companyId, [second], 'OWNER');
    expect(await transfer(ana, second.id)).toMatchObject({
      status: 200,
      body: { role: 'ADMIN', membershipVersion: 5 },
    });
    expect(await api.prisma.membershipPeriod.count({ where: { companyId, userId: second.id } })).toBe(1);
  });

  it('is refused to callers who are not owners, to themselves, and to users who are not members', async () => {
    const [stranger] = (await createUsers(api, 1)) as [TestUser];
    expect(await transfer(admin, member.id)).toMatchObject(forbidden);
    expect(await transfer(ana, ana.id)).toMatchObject({ status: 422, body: { code: 'NOT_YOURSELF' } });
    const answers = [await transfer(ana, stranger.id), await transfer(ana, newId())];
    expect(answers).toMatchObject([{ status: 404 }, { status: 404 }]);
    expect((await row()).membershipVersion).toBe(3);
  });
});
