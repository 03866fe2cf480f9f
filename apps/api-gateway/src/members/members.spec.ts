import { newId } from '@convene/prisma/ids';
import { addMembers } from '../test-support/add-members';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { createUsers, type TestUser } from '../test-support/create-users';
import { expectConsistent } from '../test-support/expect-consistent';

let api: ApiHarness;
let ana: Person;
let companyId: string;
let admin: TestUser;
let second: TestUser;
let member: TestUser;
beforeAll(async () => {
  api = await ApiHarness.start();
  ana = await api.person('Ana');
});
beforeEach(async () => {
  companyId = await api.company(ana);
  [admin, second, member] = (await createUsers(api, 3)) as [TestUser, TestUser, TestUser];
  await addMembers(api, companyId, [admin, second], 'ADMIN');
  await addMembers(api, companyId, [member], 'MEMBER');
});
afterEach(() => expectConsistent(api, companyId));
afterAll(() => api.stop());

const setRole = ({ token }: TestUser, userId: string, role: string) =>
  api.send('PATCH', `companies/${companyId}/members/${userId}`, { token, body: { role } });
const remove = ({ token }: TestUser, userId: string) =>
  api.send('DELETE', `companies/${companyId}/members/${userId}`, { token });
const leave = ({ token }: TestUser) => api.post(`companies/${companyId}/leave`, { token });
const roleOf = async ({ id: userId }: TestUser) =>
  (await api.prisma.membership.findUnique({ where: { companyId_userId: { companyId, userId } } }))?.role;
const version = async () =>
  (await api.prisma.company.findUniqueOrThrow({ where: { id: companyId } })).membershipVersion;
const activate = ({ id }: TestUser) =>
  api.prisma.user.update({ where: { id }, data: { activeCompanyId: companyId }, select: { id: true } });
const active = async ({ token }: TestUser) => (await api.get('me', { token })).body['activeCompanyId'];
const forbidden = { status: 403, body: { code: 'FORBIDDEN' } };
const notFound = { status: 404, body: { code: 'NOT_FOUND' } };
const lastOwner = { status: 409, body: { code: 'LAST_OWNER' } };

describe('changing a role', () => {
  it('closes one period and opens the next, at the version it makes', async () => {
    expect(await setRole(ana, member.id, 'ADMIN')).toMatchObject({
      status: 200,
      body: { userId: member.id, role: 'ADMIN', displayName: expect.any(String) },
    });
    const periods = await api.prisma.membershipPeriod.findMany({
      where: { companyId, userId: member.id },
      select: { role: true, fromVersion: true, toVersion: true },
      orderBy: { fromVersion: 'asc' },
    });
    expect(periods).toEqual([
      { role: 'MEMBER', fromVersion: 4, toVersion: 5 },
      { role: 'ADMIN', fromVersion: 5, toVersion: null },
    ]);
    const [event] = await api.events({ companyId, type: 'memberships.role_updated' });
    expect(event).toMatchObject({
      actorId: ana.id,
      membershipVersion: 5,
      payload: { userId: member.id, from: 'MEMBER', to: 'ADMIN', companyName: 'Acme' },
    });
  });

  it('lets an admin promote members and step down, and change neither owners nor other admins', async () => {
    expect(await setRole(admin, member.id, 'ADMIN')).toMatchObject({ status: 200 });
    // Demoted first, they could be removed.
    expect(await setRole(admin, member.id, 'MEMBER')).toMatchObject(forbidden);
    expect(await setRole(admin, second.id, 'MEMBER')).toMatchObject(forbidden);
    expect(await remove(admin, second.id)).toMatchObject(forbidden);
    expect(await setRole(second, second.id, 'MEMBER')).toMatchObject({ status: 200 });
    expect(await setRole(admin, second.id, 'OWNER')).toMatchObject(forbidden);
    expect(await setRole(admin, ana.id, 'ADMIN')).toMatchObject(forbidden);
    expect(await setRole(admin, ana.id, 'OWNER')).toMatchObject(forbidden);
    expect(await setRole(second, member.id, 'MEMBER')).toMatchObject(forbidden);
    expect(await version()).toBe(6);
  });

  it('lets an owner do everything except leave the company without an owner', async () => {
    expect(await setRole(ana, ana.id, 'ADMIN')).toMatchObject(lastOwner);
    expect(await setRole(ana, admin.id, 'OWNER')).toMatchObject({ status: 200 });
    expect(await setRole(ana, admin.id, 'MEMBER')).toMatchObject({ status: 200 });
    expect(await setRole(ana, admin.id, 'OWNER')).toMatchObject({ status: 200 });
    expect(await setRole(ana, ana.id, 'MEMBER')).toMatchObject({ status: 200 });
    expect([await roleOf(ana), await roleOf(admin)]).toEqual(['MEMBER', 'OWNER']);
  });

  it('writes no event when nothing changes', async () => {
    expect(await setRole(ana, member.id, 'MEMBER')).toMatchObject({ status: 200, body: { role: 'MEMBER' } });
    expect(await version()).toBe(4);
    expect(await api.events({ companyId, type: 'memberships.role_updated' })).toEqual([]);
  });

  it('finds members only', async () => {
    const [stranger] = (await createUsers(api, 1)) as [TestUser];
    expect(await setRole(ana, stranger.id, 'ADMIN')).toMatchObject(notFound);
    expect(await setRole(ana, newId(), 'ADMIN')).toMatchObject(notFound);
    expect(await setRole(stranger, member.id, 'ADMIN')).toMatchObject(notFound);
  });
});

describe('removing a member', () => {
  it('ends the membership at the version of the event, and resets the user’s active company', async () => {
    await activate(member);
    expect(await remove(admin, member.id)).toMatchObject({ status: 204 });
    const [event] = await api.events({ companyId, type: 'memberships.removed' });
    expect(event).toMatchObject({ actorId: admin.id, membershipVersion: 5, payload: { userId: member.id } });
    const [period] = await api.prisma.membershipPeriod.findMany({ where: { companyId, userId: member.id } });
    expect(period).toMatchObject({ fromVersion: 4, toVersion: 5 });
    expect(await active(member)).toBeNull();
    expect(await api.get(`companies/${companyId}`, { token: member.token })).toMatchObject(notFound);
    expect(await remove(admin, member.id)).toMatchObject(notFound);
  });

  it('leaves an active company elsewhere unchanged', async () => {
    const other = await api.company(ana, 'Other');
    await addMembers(api, other, [member], 'MEMBER');
    await api.prisma.user.update({ where: { id: member.id }, data: { activeCompanyId: other } });
    await remove(ana, member.id);
    expect(await active(member)).toBe(other);
  });

  it('is allowed to owners for everyone, to admins for members, and to members for none', async () => {
    expect(await remove(admin, second.id)).toMatchObject(forbidden);
    expect(await remove(admin, ana.id)).toMatchObject(forbidden);
    expect(await remove(member, admin.id)).toMatchObject(forbidden);
    await setRole(ana, second.id, 'OWNER');
    expect(await remove(ana, second.id)).toMatchObject({ status: 204 });
    expect(await remove(ana, admin.id)).toMatchObject({ status: 204 });
  });

  it('of oneself is refused', async () => {
    for (const self of [ana, admin, member]) {
      expect(await remove(self, self.id)).toMatchObject({ status: 422, body: { code: 'NOT_YOURSELF' } });
    }
    expect(await version()).toBe(4);
  });
});

describe('leaving a company', () => {
  it('ends the membership and resets the active company', async () => {
    await activate(member);
    expect(await leave(member)).toMatchObject({ status: 204 });
    const [event] = await api.events({ companyId, type: 'memberships.left' });
    expect(event).toMatchObject({ actorId: member.id, membershipVersion: 5, payload: { userId: member.id } });
    expect(await active(member)).toBeNull();
    expect(await leave(member)).toMatchObject(notFound);
  });

  it('is refused to the last owner, also without other members', async () => {
    await activate(ana);
    expect(await leave(ana)).toMatchObject(lastOwner);
    expect(await active(ana)).toBe(companyId);
    await setRole(ana, admin.id, 'OWNER');
    expect(await leave(ana)).toMatchObject({ status: 204 });
    expect(await leave(admin)).toMatchObject(lastOwner);
  });

  it('can be followed by a new membership, with a period of its own', async () => {
    await leave(member);
    const { id } = await api.invite(companyId, ana, member.email, 'ADMIN');
    expect(await api.post(`invites/${id}/accept`, { token: member.token })).toMatchObject({ status: 200 });
    expect(await roleOf(member)).toBe('ADMIN');
    expect(await api.prisma.membershipPeriod.count({ where: { companyId, userId: member.id } })).toBe(2);
  });
});

describe('pending invites of an inviter who may no longer invite', () => {
  let known: TestUser;
  let inviteId: string;
  beforeEach(async () => {
    [known] = (await createUsers(api, 1)) as [TestUser];
    inviteId = (await api.invite(companyId, { ...ana, ...admin }, known.email)).id;
  });

  const revoked = async () => {
    const events = await api.events({ companyId, type: 'invites.revoked' });
    return events.map(({ actorId, payload }) => ({ actorId, ...(payload as { inviteId: string; inviteeId: string }) }));
  };

  it.each([
    ['was removed', () => remove(ana, admin.id), () => ana.id],
    ['has left', () => leave(admin), () => admin.id],
    ['was demoted to member', () => setRole(ana, admin.id, 'MEMBER'), () => ana.id],
  ] as const)('are withdrawn when the inviter %s, and the invitee is notified', async (_, act, actor) => {
    const { id: other } = await api.invite(companyId, ana, 'other@example.com');
    await act();
    expect(await revoked()).toMatchObject([{ actorId: actor(), inviteId, inviteeId: known.id }]);
    const accept = await api.post(`invites/${inviteId}/accept`, { token: known.token });
    expect(accept).toMatchObject({ status: 410, body: { code: 'INVITE_REVOKED' } });
    expect(await api.prisma.invite.findUnique({ where: { id: other } })).toMatchObject({ status: 'PENDING' });
    expect((await api.get('invites', { token: known.token })).body.data).toEqual([]);
  });

  it('stay when an owner becomes an admin', async () => {
    const { id } = await api.invite(companyId, ana, 'other@example.com');
    await api.post(`companies/${companyId}/ownership`, { token: ana.token, body: { userId: second.id } });
    expect(await api.prisma.invite.findUnique({ where: { id } })).toMatchObject({ status: 'PENDING' });
    expect(await revoked()).toEqual([]);
  });

  it('that have expired are not withdrawn', async () => {
    await api.prisma.invite.update({ where: { id: inviteId }, data: { expiresAt: new Date() } });
    await remove(ana, admin.id);
    expect(await revoked()).toEqual([]);
  });

  it('cannot be accepted when they were created before this rule', async () => {
    // As a version did that left them pending.
    await api.prisma.membership.update({
      where: { companyId_userId: { companyId, userId: admin.id } },
      data: { role: 'MEMBER' },
    });
    const accept = await api.post(`invites/${inviteId}/accept`, { token: known.token });
    expect(accept).toMatchObject({ status: 410, body: { code: 'INVITE_REVOKED' } });
    await api.prisma.membership.update({
      where: { companyId_userId: { companyId, userId: admin.id } },
      data: { role: 'ADMIN' },
    });
  });
});
