import { newId } from '@convene/prisma/ids';
import { Api, type Person } from '../spec/api';
import { crowd, type Someone } from '../spec/crowd';
import { expectConsistent } from '../spec/expect-consistent';
import { settle } from '../spec/settle-members';

const MAX_PENDING = 3;
let api: Api;
let ana: Person;
let bo: Someone;
let companyId: string;
let inviteId: string;
beforeAll(async () => {
  api = await Api.start({ MAX_PENDING_INVITES_PER_COMPANY: String(MAX_PENDING) });
  ana = await api.person('Ana');
});
beforeEach(async () => {
  companyId = await api.company(ana);
  [bo] = (await crowd(api, 1)) as [Someone];
  inviteId = (await api.invite(companyId, ana, bo.email)).id;
});
afterEach(() => expectConsistent(api, companyId));
afterAll(() => api.stop());

const resend = ({ token }: Someone = ana, id = inviteId) =>
  api.post(`companies/${companyId}/invites/${id}/resend`, { token });
const revoke = ({ token }: Someone = ana, id = inviteId) =>
  api.send('DELETE', `companies/${companyId}/invites/${id}`, { token });
const accept = (key: string) => api.post(`invites/${key}/accept`, { token: bo.token });
const list = async (status: string) =>
  (await api.get(`companies/${companyId}/invites?status=${status}`, { token: ana.token })).body.data;
const expire = (id = inviteId) => api.prisma.invite.update({ where: { id }, data: { expiresAt: new Date() } });
const row = () => api.prisma.invite.findUniqueOrThrow({ where: { id: inviteId } });
const conflict = (code: string) => ({ status: 409, body: { code } });
const gone = (code: string) => ({ status: 410, body: { code } });

describe('sending an invite again', () => {
  it('renews token and term on the same row, and tells the invitee and the mail', async () => {
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

  it('revives one that has expired, written down or not', async () => {
    await expire();
    expect(await resend()).toMatchObject({ status: 200, body: { status: 'PENDING' } });
    const second = await api.invite(companyId, ana, 'late@example.com');
    await expire(second.id);
    await api.invite(companyId, ana, 'late@example.com');
    expect(await api.prisma.invite.findUnique({ where: { id: second.id } })).toMatchObject({ status: 'EXPIRED' });
    expect(await resend(ana, second.id)).toMatchObject(conflict('INVITE_ALREADY_PENDING'));
  });

  it('lets one that lives again take a place among the pending', async () => {
    await expire();
    for (let n = 0; n < MAX_PENDING; n++) await api.invite(companyId, ana, `other-${n}@example.com`);
    expect(await resend()).toMatchObject(conflict('INVITE_LIMIT_REACHED'));
    expect(await row()).toMatchObject({ rotation: 0 });
    const [pending] = (await list('PENDING')) as { id: string }[];
    // One that is pending has its place already.
    expect(await resend(ana, pending?.id)).toMatchObject({ status: 200 });
  });

  it('is refused once it was answered or withdrawn, or the person is in', async () => {
    await settle(api, companyId, [bo], 'MEMBER');
    expect(await resend()).toMatchObject(conflict('ALREADY_MEMBER'));
    await revoke();
    expect(await resend()).toMatchObject(gone('INVITE_REVOKED'));
    const cy = await api.person('Cy');
    const { id } = await api.invite(companyId, ana, cy.email);
    await api.post(`invites/${id}/reject`, { token: cy.token });
    expect(await resend(ana, id)).toMatchObject(conflict('INVITE_USED'));
  });
});

describe('withdrawing an invite', () => {
  it('ends it, tells the invitee, and may be repeated', async () => {
    expect(await revoke()).toMatchObject({ status: 204 });
    expect(await revoke()).toMatchObject({ status: 204 });
    const events = await api.events({ companyId, type: 'invites.revoked' });
    expect(events).toMatchObject([{ actorId: ana.id, payload: { inviteId, inviteeId: bo.id } }]);
    expect(await accept(inviteId)).toMatchObject(gone('INVITE_REVOKED'));
    expect(await api.invite(companyId, ana, bo.email)).toMatchObject({ id: expect.any(String) });
  });

  it('is refused once it was answered or has expired', async () => {
    await expire();
    expect(await revoke()).toMatchObject(gone('INVITE_EXPIRED'));
    await resend();
    await accept(inviteId);
    expect(await revoke()).toMatchObject(conflict('INVITE_USED'));
  });
});

it('is for owners and admins, and for the company’s own invites', async () => {
  const [member, eve] = (await crowd(api, 2)) as [Someone, Someone];
  await settle(api, companyId, [member], 'MEMBER');
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

it('is listed by the status that people see', async () => {
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
