import { ApiHarness, type Person } from '../test-support/api-harness';

let api: ApiHarness;
let ana: Person;
let companyId: string;
beforeAll(async () => {
  api = await ApiHarness.start();
  ana = await api.person('Ana');
});
beforeEach(async () => {
  companyId = await api.company(ana);
});
afterAll(() => api.stop());

const accept = (key: string, { token }: Person) => api.post(`invites/${key}/accept`, { token });
const reject = (key: string, { token }: Person) => api.post(`invites/${key}/reject`, { token });
const version = async () => (await api.get(`companies/${companyId}`, { token: ana.token })).body['membershipVersion'];

it('a hundred simultaneous accepts of an invite make one membership and one pair of events', async () => {
  const bo = await api.person('Bo');
  const invite = await api.invite(companyId, ana, bo.email);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) => accept(n % 2 ? invite.id : invite.token, bo)),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await api.prisma.membership.count({ where: { companyId, userId: bo.id } })).toBe(1);
  expect(await api.prisma.membershipPeriod.count({ where: { companyId, userId: bo.id } })).toBe(1);
  const types = (await api.events({ companyId, actorId: bo.id })).map(({ type }) => type);
  expect(types).toEqual(['invites.accepted', 'memberships.joined']);
  expect(await version()).toBe(2);
}, 30_000);

it('users who join at the same time get membership versions without gaps', async () => {
  const people = await Promise.all(['Bo', 'Cy', 'Di', 'Ed', 'Fi'].map((name) => api.person(name)));
  const invites = await Promise.all(people.map(({ email }) => api.invite(companyId, ana, email)));
  await Promise.all(people.map((person, n) => accept(invites[n]?.id as string, person)));
  const joined = await api.events({ companyId, type: 'memberships.joined' });
  expect(joined.map(({ membershipVersion }) => membershipVersion).sort()).toEqual([2, 3, 4, 5, 6]);
  expect(await version()).toBe(6);
});

it('one of a concurrent accept and reject succeeds', async () => {
  const bo = await api.person('Bo');
  const { id } = await api.invite(companyId, ana, bo.email);
  const answers = await Promise.all([accept(id, bo), reject(id, bo)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const { status } = await api.prisma.invite.findUniqueOrThrow({ where: { id } });
  const members = await api.prisma.membership.count({ where: { companyId, userId: bo.id } });
  expect(members).toBe(status === 'ACCEPTED' ? 1 : 0);
});

it('an accept by token verifies the address, and an accept by id does not', async () => {
  const bo = await api.person('Bo', { verified: false });
  const invite = await api.invite(companyId, ana, bo.email);
  const [created] = await api.events({ companyId, type: 'invites.created' });
  expect(created?.payload).toMatchObject({ inviteeId: null });
  expect(await accept(invite.id, bo)).toMatchObject({ status: 403, body: { code: 'EMAIL_NOT_VERIFIED' } });
  expect(await accept(invite.token, bo)).toMatchObject({ status: 200, body: { status: 'ACCEPTED' } });
  expect(await api.get('me', { token: bo.token })).toMatchObject({ body: { emailVerified: true } });
});

it('an invite of another user is refused by token, and not found by id', async () => {
  const [bo, cy] = [await api.person('Bo'), await api.person('Cy')];
  const invite = await api.invite(companyId, ana, bo.email);
  expect(await accept(invite.token, cy)).toMatchObject({ status: 403, body: { code: 'INVITE_EMAIL_MISMATCH' } });
  expect(await accept(invite.id, cy)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  expect(await api.get(`invites/${invite.id}`, { token: cy.token })).toMatchObject({ status: 404 });
  expect(await api.get(`invites/${invite.id}`, { token: ana.token })).toMatchObject({ status: 200 });
  expect(await api.prisma.membership.count({ where: { companyId } })).toBe(1);
});

it('a rejected invite notifies the inviter once and makes no membership', async () => {
  const bo = await api.person('Bo');
  const { id } = await api.invite(companyId, ana, bo.email);
  expect(await reject(id, bo)).toMatchObject({ status: 200, body: { status: 'REJECTED' } });
  expect(await reject(id, bo)).toMatchObject({ status: 200, body: { status: 'REJECTED' } });
  expect(await accept(id, bo)).toMatchObject({ status: 409, body: { code: 'INVITE_USED' } });
  expect(await api.events({ companyId, type: 'invites.rejected' })).toHaveLength(1);
  expect(await version()).toBe(1);
});

it('an invite that expired, was withdrawn or has a new token cannot be accepted', async () => {
  const bo = await api.person('Bo');
  const invite = await api.invite(companyId, ana, bo.email);
  const set = (data: object) => api.prisma.invite.update({ where: { id: invite.id }, data });

  await set({ rotation: 1 });
  expect(await accept(invite.token, bo)).toMatchObject({ status: 410, body: { code: 'TOKEN_INVALID' } });
  await set({ rotation: 0, expiresAt: new Date() });
  expect(await accept(invite.token, bo)).toMatchObject({ status: 410, body: { code: 'INVITE_EXPIRED' } });
  expect(await api.get(`invites/${invite.token}`)).toMatchObject({ body: { status: 'EXPIRED' } });
  await set({ status: 'REVOKED' });
  expect(await accept(invite.token, bo)).toMatchObject({ status: 410, body: { code: 'INVITE_REVOKED' } });
});

it('an accepted invite does not readmit a member who left', async () => {
  const bo = await api.person('Bo');
  const invite = await api.invite(companyId, ana, bo.email);
  await accept(invite.id, bo);
  await api.prisma.membership.delete({ where: { companyId_userId: { companyId, userId: bo.id } } });
  expect(await accept(invite.id, bo)).toMatchObject({ status: 409, body: { code: 'INVITE_USED' } });
});
