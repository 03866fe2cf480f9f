import { newId } from '@convene/prisma/ids';
import { addMembers } from '../test-support/add-members';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { createUsers, type TestUser } from '../test-support/create-users';
import { expectConsistent } from '../test-support/expect-consistent';

const MAX_PENDING = 3;
let api: ApiHarness;
let ana: Person;
let bo: TestUser;
let companyId: string;
let inviteId: string;
beforeAll(async () => {
  api = await ApiHarness.start({ MAX_PENDING_INVITES_PER_COMPANY: String(MAX_PENDING) });
  ana = await api.person('Ana');
});
beforeEach(async () => {
  companyId = await api.company(ana);
  [bo] = (await createUsers(api, 1)) as [TestUser];
  inviteId = (await api.invite(companyId, ana, bo.email)).id;
  await rest();
});
afterEach(() => expectConsistent(api, companyId));
afterAll(() => api.stop());

const resend = ({ token }: TestUser = ana, id = inviteId) =>
  api.post(`companies/${companyId}/invites/${id}/resend`, { token });
const revoke = ({ token }: TestUser = ana, id = inviteId) =>
  api.send('DELETE', `companies/${companyId}/invites/${id}`, { token });
const accept = (key: string) => api.post(`invites/${key}/accept`, { token: bo.token });
const list = async (status: string) =>
  (await api.get(`companies/${companyId}/invites?status=${status}`, { token: ana.token })).body.data;
const expire = (id = inviteId) => api.prisma.invite.update({ where: { id }, data: { expiresAt: new Date() } });
/** As if its mail had been sent the day before yesterday. */
const rest = (id = inviteId) =>
  api.prisma.invite.update({ where: { id }, data: { sentAt: new Date(Date.now() - 48 * 3_600_000) } });
const row = () => api.prisma.invite.findUniqueOrThrow({ where: { id: inviteId } });
const conflict = (code: string) => ({ status: 409, body: { code } });
const gone = (code: string) => ({ status: 410, body: { code } });

describe('resending an invite', () => {
  it('renews token and expiry of the same row, and notifies the invitee also by mail', async () => {
    const before = await row();
    expect(await resend()).toMatchObject({ status: 200, body: { id: inviteId, status: 'PENDING' } });
    const after = await row();
    expect(after.rotation).toBe(1);
    expect(after.tokenHash).not.toBe(before.tokenHash);
    expect(after.expiresAt.getTime()).toBeGreaterThan(before.expiresAt.getTime());
    const [event] = await api.events({ companyId, type: 'invites.resent' });
    expect(event).toMatchObject({ actorId: ana.id, payload: { inviteId, inviteeId: bo.id, inviterName: 'Ana' } });
    const mails = await api.events({ type: 'invitation_mails.requested' });
    expect(mails.filter(({ payload }) => (payload as { inviteId: string }).inviteId === inviteId)).toHaveLength(2);
    expect(await accept(api.tokens.derive('invite', inviteId, 0))).toMatchObject(gone('TOKEN_INVALID'));
    expect(await accept(api.tokens.derive('invite', inviteId, 1))).toMatchObject({ status: 200 });
  });

  it('revives an expired invite, whether or not its expiry was recorded', async () => {
    await expire();
    expect(await resend()).toMatchObject({ status: 200, body: { status: 'PENDING' } });
    const second = await api.invite(companyId, ana, 'late@example.com');
    await expire(second.id);
    await rest(second.id);
    await api.invite(companyId, ana, 'late@example.com');
    expect(await api.prisma.invite.findUnique({ where: { id: second.id } })).toMatchObject({ status: 'EXPIRED' });
    expect(await resend(ana, second.id)).toMatchObject(conflict('INVITE_ALREADY_PENDING'));
  });

  it('counts a revived invite as pending', async () => {
    await expire();
    for (let n = 0; n < MAX_PENDING; n++) await api.invite(companyId, ana, `other-${n}@example.com`);
    expect(await resend()).toMatchObject(conflict('INVITE_LIMIT_REACHED'));
    expect(await row()).toMatchObject({ rotation: 0 });
    const [pending] = (await list('PENDING')) as { id: string }[];
    await rest(pending?.id);
    // One that is pending has its place already.
    expect(await resend(ana, pending?.id)).toMatchObject({ status: 200 });
  });

  it('is refused after it was answered or withdrawn, or when the user is a member', async () => {
    await addMembers(api, companyId, [bo], 'MEMBER');
    expect(await resend()).toMatchObject(conflict('ALREADY_MEMBER'));
    await revoke();
    expect(await resend()).toMatchObject(gone('INVITE_REVOKED'));
    const cy = await api.person('Cy');
    const { id } = await api.invite(companyId, ana, cy.email);
    await api.post(`invites/${id}/reject`, { token: cy.token });
    expect(await resend(ana, id)).toMatchObject(conflict('INVITE_USED'));
  });
});

describe('the pause between the mails of an invite', () => {
  const tooSoon = { status: 429, body: { code: 'RATE_LIMITED' } };
  const mails = async () => {
    const all = await api.events({ type: 'invitation_mails.requested' });
    return all.filter(({ payload }) => (payload as { inviteId: string }).inviteId === inviteId).length;
  };

  it('follows each mail, is stated in the answer, and grows', async () => {
    expect(await resend()).toMatchObject({ status: 200 });
    const { status, headers, body } = await resend();
    expect({ status, body }).toMatchObject(tooSoon);
    expect(body['retryAfterMs']).toBeGreaterThan(115_000);
    expect(body['retryAfterMs']).toBeLessThanOrEqual(120_000);
    expect(Number(headers['retry-after'])).toBeGreaterThan(115);
    await rest();
    expect(await resend()).toMatchObject({ status: 200 });
    expect((await resend()).body['retryAfterMs']).toBeGreaterThan(235_000);
    expect(await mails()).toBe(3);
  });

  it('lets one of several simultaneous resends through', async () => {
    const statuses = (await Promise.all(Array.from({ length: 8 }, () => resend()))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 429)).toHaveLength(7);
    expect([await mails(), (await row()).rotation]).toEqual([2, 1]);
  });

  it('cannot be avoided by withdrawing and inviting again', async () => {
    const statuses = [];
    for (let round = 0; round < 5; round++) {
      const { status, body } = await api.post(`companies/${companyId}/invites`, {
        token: ana.token,
        body: { email: 'again@example.com' },
      });
      statuses.push(status);
      if (status === 201) await revoke(ana, body.id);
      else expect({ status, body }).toMatchObject(tooSoon);
    }
    expect(statuses).toEqual([201, 201, 201, 429, 429]);
    const { body } = await api.post(`companies/${companyId}/invites`, {
      token: ana.token,
      body: { emails: ['again@example.com', 'fresh@example.com'] },
    });
    expect(body['outcomes']).toMatchObject([{ error: { code: 'RATE_LIMITED' } }, { error: null }]);
  });
});

it('a resend by a user without a verified address sends nothing', async () => {
  const eve = await api.person('Eve', { verified: false });
  const company = await api.company(eve);
  const unverified = { status: 403, body: { code: 'EMAIL_NOT_VERIFIED' } };
  for (const body of [{ email: 'x@example.com' }, { emails: ['x@example.com'] }]) {
    expect(await api.post(`companies/${company}/invites`, { token: eve.token, body })).toMatchObject(unverified);
  }
  await addMembers(api, companyId, [eve], 'ADMIN');
  expect(await resend(eve)).toMatchObject(unverified);
  expect(await api.events({ actorId: eve.id, type: 'invitation_mails.requested' })).toEqual([]);
});

it('a resend takes over the invite of an inviter who may no longer invite', async () => {
  const [admin] = (await createUsers(api, 1)) as [TestUser];
  await addMembers(api, companyId, [admin], 'ADMIN');
  const { id } = await api.invite(companyId, { ...ana, ...admin }, 'late@example.com');
  await expire(id);
  await rest(id);
  await api.send('DELETE', `companies/${companyId}/members/${admin.id}`, { token: ana.token });
  expect(await resend(ana, id)).toMatchObject({ status: 200, body: { inviter: { id: ana.id } } });
});

describe('withdrawing an invite', () => {
  it('ends it, notifies the invitee, and can be repeated', async () => {
    expect(await revoke()).toMatchObject({ status: 204 });
    expect(await revoke()).toMatchObject({ status: 204 });
    const events = await api.events({ companyId, type: 'invites.revoked' });
    expect(events).toMatchObject([{ actorId: ana.id, payload: { inviteId, inviteeId: bo.id } }]);
    expect(await accept(inviteId)).toMatchObject(gone('INVITE_REVOKED'));
    expect(await api.invite(companyId, ana, bo.email)).toMatchObject({ id: expect.any(String) });
  });

  it('is refused after it was answered or has expired', async () => {
    await expire();
    expect(await revoke()).toMatchObject(gone('INVITE_EXPIRED'));
    await resend();
    await accept(inviteId);
    expect(await revoke()).toMatchObject(conflict('INVITE_USED'));
  });
});

it('resending and withdrawing are allowed to owners and admins, for invites of their company', async () => {
  const [member, eve] = (await createUsers(api, 2)) as [TestUser, TestUser];
  await addMembers(api, companyId, [member], 'MEMBER');
  const other = await api.company({ ...ana, ...eve });
  const foreign = (await api.invite(other, { ...ana, ...eve }, 'x@example.com')).id;
  for (const act of [resend, revoke]) {
    expect(await act(member)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    for (const answer of [await act(eve), await act(ana, foreign), await act(ana, newId())]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    }
  }
  expect(await row()).toMatchObject({ status: 'PENDING', rotation: 0 });
});

it('invites are listed by their visible status', async () => {
  const revoked = await api.invite(companyId, ana, 'revoked@example.com');
  const late = await api.invite(companyId, ana, 'late@example.com');
  await revoke(ana, revoked.id);
  await expire(late.id);
  expect(await list('PENDING')).toMatchObject([{ id: inviteId }]);
  expect(await list('REVOKED')).toMatchObject([{ id: revoked.id }]);
  expect(await list('EXPIRED')).toMatchObject([{ id: late.id, status: 'EXPIRED' }]);
  // Another to the same address writes the first one's expiry down.
  const again = await api.invite(companyId, ana, 'late@example.com');
  await expire(again.id);
  expect(await list('EXPIRED')).toMatchObject([{ id: again.id }, { id: late.id }]);
  const page = (query: string) =>
    api.get(`companies/${companyId}/invites?status=EXPIRED&limit=1${query}`, { token: ana.token });
  const first = (await page('')).body;
  expect(first.data).toMatchObject([{ id: again.id }]);
  expect((await page(`&cursor=${first.nextCursor}`)).body).toMatchObject({ data: [{ id: late.id }], nextCursor: null });
});
