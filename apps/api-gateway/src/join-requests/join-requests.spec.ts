import { newId } from '@convene/prisma/ids';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { addMembers } from '../test-support/add-members';
import type { ApiHarness, Person } from '../test-support/api-harness';
import { createUsers, type TestUser } from '../test-support/create-users';
import { expectConsistent } from '../test-support/expect-consistent';
import { GatewayPair } from '../test-support/gateway-pair';

jest.setTimeout(60_000);

const MAX_MEMBERS = 10;
let database: TestDatabase;
let gateways: GatewayPair;
let api: ApiHarness;
let ana: Person;
let companyId: string;
let bo: TestUser;
let admin: TestUser;
let member: TestUser;
beforeAll(async () => {
  database = await createTestDatabase();
  gateways = await GatewayPair.start(database.url, { MAX_MEMBERS_PER_COMPANY: String(MAX_MEMBERS) });
  api = gateways.api;
  ana = await api.person('Ana');
});
beforeEach(async () => {
  companyId = await api.company(ana);
  await open(true);
  [bo, admin, member] = (await createUsers(api, 3)) as [TestUser, TestUser, TestUser];
  await addMembers(api, companyId, [admin], 'ADMIN');
  await addMembers(api, companyId, [member], 'MEMBER');
});
afterEach(() => expectConsistent(api, companyId));
afterAll(async () => {
  await gateways.stop();
  await database.drop();
});

const open = (isPublic: boolean) =>
  api.send('PATCH', `companies/${companyId}`, { token: ana.token, body: { isPublic } });
const ask = ({ token }: { token: string }, at = api) => at.post(`companies/${companyId}/join-requests`, { token });
const decide = ({ token }: TestUser, id: string, decision: 'accept' | 'decline', at = api) =>
  at.post(`companies/${companyId}/join-requests/${id}/${decision}`, { token });
const list = ({ token }: TestUser, query = '') => api.get(`companies/${companyId}/join-requests${query}`, { token });
const codes = (answers: { status: number; body: { code?: string } }[]) =>
  [...new Set(answers.map(({ status, body }) => body.code ?? status))].sort();
const count = (type: string) => api.events({ companyId, type }).then(({ length }) => length);

it('a join request can be made to a public company, and its event is for owners and admins', async () => {
  const made = await ask(bo);
  expect(made).toMatchObject({
    status: 201,
    body: { company: { id: companyId, name: 'Acme' }, user: { id: bo.id }, status: 'PENDING', decidedAt: null },
  });
  const [event] = await api.events({ companyId, type: 'companies.join_requested' });
  expect(event).toMatchObject({ actorId: bo.id, membershipVersion: 3, payload: { requestId: made.body.id } });
  expect(await ask(bo)).toMatchObject({ status: 409, body: { code: 'JOIN_REQUEST_PENDING' } });
  expect((await list(admin)).body.data).toMatchObject([{ id: made.body.id }]);
  expect(await list(member)).toMatchObject({ status: 403 });
});

it('a join request to a private company, without a verified address or by a member is refused', async () => {
  await open(false);
  const answers = [await ask(bo), await api.post(`companies/${newId()}/join-requests`, { token: bo.token })];
  expect(answers).toMatchObject([{ status: 404 }, { status: 404 }]);
  await open(true);
  const di = await api.person('Di', { verified: false });
  expect(await ask(di)).toMatchObject({ status: 403, body: { code: 'EMAIL_NOT_VERIFIED' } });
  expect(await ask(member)).toMatchObject({ status: 409, body: { code: 'ALREADY_MEMBER' } });
  expect(await api.prisma.joinRequest.count({ where: { companyId } })).toBe(0);
});

it('an accepted join request makes one membership, with both events at its version', async () => {
  const { id } = (await ask(bo)).body;
  expect(await decide(member, id, 'accept')).toMatchObject({ status: 403 });
  expect(await decide(bo, id, 'accept')).toMatchObject({ status: 404 });
  expect(await decide(admin, id, 'accept')).toMatchObject({ status: 200, body: { status: 'ACCEPTED' } });
  const events = (await api.events({ companyId, actorId: admin.id })).slice(-2);
  expect(events).toMatchObject([
    { type: 'companies.join_decided', membershipVersion: 4, payload: { userId: bo.id, accepted: true } },
    { type: 'memberships.joined', membershipVersion: 4, payload: { userId: bo.id, role: 'MEMBER', inviterId: null } },
  ]);
  for (const decision of ['accept', 'decline'] as const) {
    expect(await decide(ana, id, decision)).toMatchObject({ status: 409, body: { code: 'JOIN_REQUEST_DECIDED' } });
  }
  expect(await ask(bo)).toMatchObject({ status: 409, body: { code: 'ALREADY_MEMBER' } });
});

it('a declined join request can be made again', async () => {
  const { id } = (await ask(bo)).body;
  expect(await decide(admin, id, 'decline')).toMatchObject({ status: 200, body: { status: 'DECLINED' } });
  const [event] = await api.events({ companyId, type: 'companies.join_decided' });
  expect(event).toMatchObject({ membershipVersion: 3, payload: { accepted: false } });
  const again = await ask(bo);
  expect(again).toMatchObject({ status: 201 });
  expect((await list(ana)).body.data).toMatchObject([{ id: again.body.id }]);
  expect((await list(ana, '?status=DECLINED')).body.data).toMatchObject([{ id }]);
});

it('a join request of another company is answered like one that does not exist', async () => {
  const { id } = (await ask(bo)).body;
  const eve = (await createUsers(api, 1))[0] as TestUser;
  const other = await api.company({ ...ana, ...eve });
  const answers = await Promise.all(
    [id, newId()].map((request) =>
      api.post(`companies/${other}/join-requests/${request}/accept`, { token: eve.token }),
    ),
  );
  expect(answers).toMatchObject([{ status: 404 }, { status: 404 }]);
  expect(await api.prisma.joinRequest.findUnique({ where: { id } })).toMatchObject({ status: 'PENDING' });
});

it('a join request ends when the user joins by an invite', async () => {
  const { id } = (await ask(bo)).body;
  const invite = await api.invite(companyId, ana, bo.email);
  await api.post(`invites/${invite.id}/accept`, { token: bo.token });
  expect(await decide(admin, id, 'decline')).toMatchObject({ status: 409, body: { code: 'JOIN_REQUEST_DECIDED' } });
});

it('join requests are listed newest first, page by page', async () => {
  const people = await createUsers(api, 3);
  const ids: string[] = [];
  for (const person of people) ids.unshift((await ask(person)).body.id);
  const first = (await list(ana, '?limit=2')).body;
  expect(first.data).toMatchObject([{ id: ids[0] }, { id: ids[1] }]);
  const second = await list(ana, `?limit=2&cursor=${first.nextCursor}`);
  expect(second.body).toMatchObject({ data: [{ id: ids[2] }], nextCursor: null });
});

it('a hundred simultaneous join requests of a user make one', async () => {
  const answers = await gateways.race(100, (at) => ask(bo, at));
  expect(codes(answers)).toEqual([201, 'JOIN_REQUEST_PENDING']);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(await count('companies.join_requested')).toBe(1);
});

it('a hundred simultaneous decisions on a join request take effect once', async () => {
  const { id } = (await ask(bo)).body;
  const answers = await gateways.race(100, (at, n) =>
    decide(n % 3 ? admin : ana, id, n % 2 ? 'accept' : 'decline', at),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(codes(answers)).toEqual([200, 'JOIN_REQUEST_DECIDED']);
  expect(await count('companies.join_decided')).toBe(1);
  const { status } = await api.prisma.joinRequest.findUniqueOrThrow({ where: { id } });
  const joined = await api.prisma.membership.count({ where: { companyId, userId: bo.id } });
  expect(joined).toBe(status === 'ACCEPTED' ? 1 : 0);
});

it('join requests and invites accepted together fill the company exactly to its limit', async () => {
  const people = await createUsers(api, 100);
  const keys = await Promise.all(
    people.map(async (person, n) =>
      n % 2 ? await ask(person) : { body: await api.invite(companyId, ana, person.email) },
    ),
  );
  const answers = await gateways.race(100, (at, n) => {
    const { id } = keys[n]?.body ?? { id: '' };
    if (n % 2) return decide(admin, id, 'accept', at);
    return at.post(`invites/${id}/accept`, { token: people[n]?.token });
  });
  expect(codes(answers)).toEqual([200, 'MEMBER_LIMIT_REACHED']);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(MAX_MEMBERS - 3);
  expect(await api.prisma.membership.count({ where: { companyId } })).toBe(MAX_MEMBERS);
});
