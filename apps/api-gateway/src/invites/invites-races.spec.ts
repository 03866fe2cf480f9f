import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { addMembers } from '../test-support/add-members';
import type { ApiHarness, Person } from '../test-support/api-harness';
import { createUsers, type TestUser } from '../test-support/create-users';
import { expectConsistent } from '../test-support/expect-consistent';
import { GatewayPair } from '../test-support/gateway-pair';

jest.setTimeout(120_000);

const ASKED = 100;
const MAX_MEMBERS = 10;
const MAX_PENDING = 120;
let database: TestDatabase;
let gateways: GatewayPair;
let api: ApiHarness;
let ana: Person;
let companyId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  gateways = await GatewayPair.start(database.url, {
    MAX_MEMBERS_PER_COMPANY: String(MAX_MEMBERS),
    MAX_PENDING_INVITES_PER_COMPANY: String(MAX_PENDING),
  });
  api = gateways.api;
  ana = await api.person('Ana');
});
beforeEach(async () => {
  companyId = await api.company(ana);
});
afterEach(() => expectConsistent(api, companyId));
afterAll(async () => {
  await gateways.stop();
  await database.drop();
});

const invite = (at: ApiHarness, email: string) =>
  at.post(`companies/${companyId}/invites`, { token: ana.token, body: { email } });
const accept = (at: ApiHarness, id: string, { token }: TestUser) => at.post(`invites/${id}/accept`, { token });
const resend = (at: ApiHarness, id: string) =>
  at.post(`companies/${companyId}/invites/${id}/resend`, { token: ana.token });
const revoke = (at: ApiHarness, id: string) =>
  at.send('DELETE', `companies/${companyId}/invites/${id}`, { token: ana.token });
/** As if its mail had been sent the day before yesterday. */
const rest = (id: string) =>
  api.prisma.invite.update({ where: { id }, data: { sentAt: new Date(Date.now() - 48 * 3_600_000) } });
const codes = (answers: { status: number; body: { code?: string } }[]) =>
  [...new Set(answers.map(({ status, body }) => body.code ?? status))].sort();
const count = (type: string) => api.events({ companyId, type }).then(({ length }) => length);
const members = () => api.prisma.membership.count({ where: { companyId } });

it('a hundred accepts of one invite make one membership and one pair of events', async () => {
  const [bo] = (await createUsers(api, 1)) as [TestUser];
  const { id, token } = await api.invite(companyId, ana, bo.email);
  const answers = await gateways.race(ASKED, (at, n) => accept(at, n % 3 ? id : token, bo));
  expect(codes(answers)).toEqual([200]);
  expect(await members()).toBe(2);
  expect([await count('invites.accepted'), await count('memberships.joined')]).toEqual([1, 1]);
});

it('one of a concurrent withdrawal and accept succeeds, in a hundred rounds', async () => {
  // A company each: in one and the same they would queue up, in the order they came.
  const people = await createUsers(api, ASKED);
  const rounds = await Promise.all(
    people.map(async (person) => {
      const company = await api.company(ana);
      return { person, company, ...(await api.invite(company, ana, person.email)) };
    }),
  );
  const answers = await gateways.race(2 * ASKED, (at, n) => {
    const { person, company, id } = rounds[n >> 1] as (typeof rounds)[number];
    const acceptsFirst = (n >> 1) % 2 === 0;
    if (acceptsFirst === (n % 2 === 0)) return accept(at, id, person);
    return at.send('DELETE', `companies/${company}/invites/${id}`, { token: ana.token });
  });
  for (const [n, { person, company, id }] of rounds.entries()) {
    const pair = [answers[2 * n], answers[2 * n + 1]];
    const won = pair.filter((answer) => answer !== undefined && answer.status < 300);
    const lost = pair.find((answer) => answer !== undefined && answer.status >= 300);
    expect(won).toHaveLength(1);
    const { status } = await api.prisma.invite.findUniqueOrThrow({ where: { id } });
    expect(lost?.body.code).toBe(status === 'REVOKED' ? 'INVITE_REVOKED' : 'INVITE_USED');
    const joined = await api.prisma.membership.count({ where: { companyId: company, userId: person.id } });
    expect([status, joined]).toEqual(joined ? ['ACCEPTED', 1] : ['REVOKED', 0]);
    await expectConsistent(api, company);
  }
});

it('one of a concurrent accept and removal of the inviter succeeds, in a hundred rounds', async () => {
  const people = await createUsers(api, 2 * ASKED);
  const rounds = await Promise.all(
    Array.from({ length: ASKED }, async (_, n) => {
      const [admin, invitee] = people.slice(2 * n, 2 * n + 2) as [TestUser, TestUser];
      const company = await api.company(ana);
      await addMembers(api, company, [admin], 'ADMIN');
      return { admin, invitee, company, ...(await api.invite(company, { ...ana, ...admin }, invitee.email)) };
    }),
  );
  const answers = await gateways.race(2 * ASKED, (at, n) => {
    const { admin, invitee, company, token } = rounds[n >> 1] as (typeof rounds)[number];
    const acceptsFirst = (n >> 1) % 2 === 0;
    if (acceptsFirst === (n % 2 === 0)) return accept(at, token, invitee);
    return at.send('DELETE', `companies/${company}/members/${admin.id}`, { token: ana.token });
  });
  const statuses = new Set<string>();
  for (const [n, { admin, invitee, company, id }] of rounds.entries()) {
    const { status } = await api.prisma.invite.findUniqueOrThrow({ where: { id } });
    statuses.add(status);
    const lost = [answers[2 * n], answers[2 * n + 1]].filter((answer) => answer && answer.status >= 300);
    expect(lost.map((answer) => answer?.body.code)).toEqual(status === 'ACCEPTED' ? [] : ['INVITE_REVOKED']);
    const left = await api.prisma.membership.findMany({ where: { companyId: company }, select: { userId: true } });
    expect(left.map(({ userId }) => userId)).not.toContain(admin.id);
    expect(left.some(({ userId }) => userId === invitee.id)).toBe(status === 'ACCEPTED');
    await expectConsistent(api, company);
  }
  for (const status of statuses) expect(['ACCEPTED', 'REVOKED']).toContain(status);
});

it('a hundred accepts of a hundred invites fill the company exactly to its limit of members', async () => {
  const people = await createUsers(api, ASKED);
  const { body } = await api.post(`companies/${companyId}/invites`, {
    token: ana.token,
    body: { emails: people.map(({ email }) => email) },
  });
  const outcomes = body['outcomes'] as { invite: { id: string } }[];
  const answers = await gateways.race(ASKED, (at, n) =>
    accept(at, outcomes[n]?.invite.id ?? '', people[n] as TestUser),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(MAX_MEMBERS - 1);
  expect(codes(answers)).toEqual([200, 'MEMBER_LIMIT_REACHED']);
  expect(await members()).toBe(MAX_MEMBERS);
  expect(await count('memberships.joined')).toBe(MAX_MEMBERS - 1);
  // An accept that found no place succeeds after one is free.
  expect(await api.prisma.invite.count({ where: { companyId, status: 'PENDING' } })).toBe(ASKED - MAX_MEMBERS + 1);
});

it('a hundred invites to one address make one', async () => {
  const answers = await gateways.race(ASKED, (at) => invite(at, 'race@example.com'));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(codes(answers)).toEqual([201, 'INVITE_ALREADY_PENDING']);
  expect([await count('invites.created'), await api.prisma.invite.count({ where: { companyId } })]).toEqual([1, 1]);
});

it('the limit of pending invites holds exactly for concurrent single invites and lists', async () => {
  const answers = await gateways.race(ASKED, (at, n) => {
    if (n % 10 > 0) return invite(at, `single-${n}@example.com`);
    const emails = Array.from({ length: 20 }, (_, m) => `list-${n}-${m}@example.com`);
    return at.post(`companies/${companyId}/invites`, { token: ana.token, body: { emails } });
  });
  expect(await api.prisma.invite.count({ where: { companyId, status: 'PENDING' } })).toBe(MAX_PENDING);
  expect(await count('invites.created')).toBe(MAX_PENDING);
  const outcomes = answers.flatMap(
    ({ body }) => (body['outcomes'] ?? [body]) as { code?: string; error?: object | null }[],
  );
  expect(outcomes.filter(({ code, error }) => code === undefined && !error)).toHaveLength(MAX_PENDING);
});

it('a hundred resends of an invite send one mail, and its token is the valid one', async () => {
  const [bo] = (await createUsers(api, 1)) as [TestUser];
  const { id } = await api.invite(companyId, ana, bo.email);
  await rest(id);
  const answers = await gateways.race(ASKED, (at) => resend(at, id));
  expect(codes(answers)).toEqual([200, 'RATE_LIMITED']);
  const { rotation } = await api.prisma.invite.findUniqueOrThrow({ where: { id } });
  expect(rotation).toBe(1);
  expect(await count('invites.resent')).toBe(1);
  const stale = api.tokens.derive('invite', id, rotation - 1);
  expect(await accept(api, stale, bo)).toMatchObject({ status: 410, body: { code: 'TOKEN_INVALID' } });
  expect(await accept(api, api.tokens.derive('invite', id, rotation), bo)).toMatchObject({ status: 200 });
});

it('one of several expired invites to an address becomes pending again', async () => {
  const expired: string[] = [];
  for (let n = 0; n < 4; n++) {
    const { id } = await api.invite(companyId, ana, 'late@example.com');
    await api.prisma.invite.update({ where: { id }, data: { expiresAt: new Date() } });
    await rest(id);
    expired.push(id);
  }
  const answers = await gateways.race(ASKED, (at, n) => resend(at, expired[n % 4] ?? ''));
  // The same one may be sent again after a pause; another never beside it.
  expect(codes(answers)).toEqual([200, 'INVITE_ALREADY_PENDING', 'RATE_LIMITED']);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(await api.prisma.invite.count({ where: { companyId, status: 'PENDING' } })).toBe(1);
});

it('a hundred withdrawals of an invite withdraw it once, with one event', async () => {
  const { id } = await api.invite(companyId, ana, 'gone@example.com');
  expect(codes(await gateways.race(ASKED, (at) => revoke(at, id)))).toEqual([204]);
  expect(await count('invites.revoked')).toBe(1);
});
