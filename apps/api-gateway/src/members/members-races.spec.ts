import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { addMembers } from '../test-support/add-members';
import type { ApiHarness, Person } from '../test-support/api-harness';
import { createUsers, type TestUser } from '../test-support/create-users';
import { expectConsistent } from '../test-support/expect-consistent';
import { GatewayPair } from '../test-support/gateway-pair';

jest.setTimeout(120_000);

const ASKED = 100;
let database: TestDatabase;
let gateways: GatewayPair;
let api: ApiHarness;
let ana: Person;
let bo: TestUser;
let companyId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  gateways = await GatewayPair.start(database.url);
  api = gateways.api;
  ana = await api.person('Ana');
});
beforeEach(async () => {
  companyId = await api.company(ana);
  [bo] = (await createUsers(api, 1)) as [TestUser];
  await addMembers(api, companyId, [bo], 'OWNER');
});
afterEach(() => expectConsistent(api, companyId));
afterAll(async () => {
  await gateways.stop();
  await database.drop();
});

const leave = (at: ApiHarness, { token }: TestUser) => at.post(`companies/${companyId}/leave`, { token });
const setRole = (at: ApiHarness, { token }: TestUser, { id }: TestUser, role: string) =>
  at.send('PATCH', `companies/${companyId}/members/${id}`, { token, body: { role } });
const remove = (at: ApiHarness, { token }: TestUser, { id }: TestUser) =>
  at.send('DELETE', `companies/${companyId}/members/${id}`, { token });
const transfer = (at: ApiHarness, { token }: TestUser, { id: userId }: TestUser) =>
  at.post(`companies/${companyId}/ownership`, { token, body: { userId } });
const owners = () => api.prisma.membership.count({ where: { companyId, role: 'OWNER' } });
const codes = (answers: { status: number; body: { code?: string } }[]) =>
  [...new Set(answers.map(({ status, body }) => body.code ?? status))].sort();

it('one of two owners who leave at the same time remains, in a hundred rounds', async () => {
  const answers = await gateways.race(ASKED, (at, n) => leave(at, n % 4 < 2 ? ana : bo));
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  expect(codes(answers)).toEqual([204, 'LAST_OWNER', 'NOT_FOUND']);
  expect(await owners()).toBe(1);
});

it('one of two owners who step down at the same time remains, in a hundred rounds', async () => {
  const answers = await gateways.race(ASKED, (at, n) => {
    const self = n % 4 < 2 ? ana : bo;
    return setRole(at, self, self, 'MEMBER');
  });
  // The owner who succeeded has lost the right; the other one is the last owner.
  expect(codes(answers)).toEqual([200, 'FORBIDDEN', 'LAST_OWNER']);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(await owners()).toBe(1);
});

it('an owner remains, whatever two owners do to each other and to themselves', async () => {
  for (let round = 0; round < 5; round++) {
    await gateways.race(ASKED, (at, n) => {
      const [self, other] = n % 4 < 2 ? [ana, bo] : [bo, ana];
      if (n % 3 === 0) return leave(at, self);
      return n % 3 === 1 ? remove(at, self, other) : setRole(at, self, other, 'ADMIN');
    });
    expect(await owners()).toBe(1);
    await expectConsistent(api, companyId);
    companyId = await api.company(ana);
    await addMembers(api, companyId, [bo], 'OWNER');
  }
});

it('one of a hundred transfers by the same owner succeeds', async () => {
  const heirs = await createUsers(api, 10);
  await addMembers(api, companyId, heirs, 'MEMBER');
  const answers = await gateways.race(ASKED, (at, n) => transfer(at, ana, heirs[n % 10] as TestUser));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(codes(answers)).toEqual([200, 'FORBIDDEN']);
  const roles = await api.prisma.membership.groupBy({ by: ['role'], where: { companyId }, _count: true });
  expect(new Map(roles.map(({ role, _count }) => [role, _count]))).toEqual(
    new Map([
      ['OWNER', 2],
      ['ADMIN', 1],
      ['MEMBER', 9],
    ]),
  );
  expect(await api.events({ companyId, type: 'memberships.ownership_transferred' })).toHaveLength(1);
});

it('a hundred removals of a member remove them once, with one event', async () => {
  const [cy] = (await createUsers(api, 1)) as [TestUser];
  await addMembers(api, companyId, [cy], 'MEMBER');
  const answers = await gateways.race(ASKED, (at, n) => remove(at, n % 4 < 2 ? ana : bo, cy));
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  expect(codes(answers)).toEqual([204, 'NOT_FOUND']);
  expect(await api.events({ companyId, type: 'memberships.removed' })).toHaveLength(1);
});

it('a deleted company accepts no change', async () => {
  const people = await createUsers(api, 50);
  await addMembers(api, companyId, people, 'MEMBER');
  const answers = await gateways.race(ASKED, (at, n) =>
    n === 50
      ? at.send('DELETE', `companies/${companyId}`, { token: ana.token })
      : leave(at, people[n % 50] as TestUser),
  );
  expect(answers[50]).toMatchObject({ status: 204 });
  const events = await api.events({ companyId });
  const last = events.filter(({ type }) => type === 'companies.deleted');
  expect(last).toHaveLength(1);
  expect(Math.max(...events.map(({ membershipVersion }) => membershipVersion ?? 0))).toBe(last[0]?.membershipVersion);
});
