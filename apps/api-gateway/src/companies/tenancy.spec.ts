import { newId } from '@convene/prisma/ids';
import { ApiHarness, type Person } from '../test-support/api-harness';

let api: ApiHarness;
let ana: Person;
let eve: Person;
let companyId: string;
let evesId: string;
let inviteId: string;
let requestId: string;
beforeAll(async () => {
  api = await ApiHarness.start();
  [ana, eve] = [await api.person('Ana'), await api.person('Eve')];
  const bo = await api.person('Bo');
  companyId = await api.company(ana);
  evesId = await api.company(eve);
  inviteId = (await api.invite(companyId, ana, 'new@example.com')).id;
  const open = (isPublic: boolean) =>
    api.send('PATCH', `companies/${companyId}`, { token: ana.token, body: { isPublic } });
  await open(true);
  requestId = (await api.post(`companies/${companyId}/join-requests`, { token: bo.token })).body.id;
  await open(false);
});
afterAll(() => api.stop());

/** Everything that a call about companies could change. */
const TABLES = ['companies', 'memberships', 'membership_periods', 'invites', 'join_requests', 'domain_events', 'users'];
const snapshot = () =>
  Promise.all(
    TABLES.map((table) =>
      api.prisma.$queryRawUnsafe(`SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM ${table} t`),
    ),
  );

type Answer = Awaited<ReturnType<ApiHarness['send']>>;
const shape = ({ status, headers, body }: Answer) => ({
  status,
  type: headers['content-type'],
  length: headers['content-length'],
  body: { ...body, traceId: '' },
});

/** All answers are the same NOT_FOUND, and nothing has come of the questions. */
async function expectNothingThere(ask: () => Promise<Answer[]>): Promise<void> {
  const before = await snapshot();
  const [first, ...others] = (await ask()).map(shape);
  expect(first).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  for (const other of others) expect(other).toEqual(first);
  expect(await snapshot()).toEqual(before);
}

const send = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) =>
  api.send(method, path, { token: eve.token, ...(body && { body }) });

const ofCompany: [string, (id: string) => Promise<Answer>][] = [
  ['its page', (id) => send('GET', `companies/${id}`)],
  ['its public page', (id) => send('GET', `companies/${id}/public`)],
  ['its audit trail', (id) => send('GET', `companies/${id}/audit`)],
  ['changing it', (id) => send('PATCH', `companies/${id}`, { name: 'Mine', isPublic: true })],
  ['deleting it', (id) => send('DELETE', `companies/${id}`)],
  ['handing it over', (id) => send('POST', `companies/${id}/ownership`, { userId: eve.id })],
  ['its members', (id) => send('GET', `companies/${id}/members`)],
  ['a new role in it', (id) => send('PATCH', `companies/${id}/members/${ana.id}`, { role: 'MEMBER' })],
  ['a new role of their own in it', (id) => send('PATCH', `companies/${id}/members/${eve.id}`, { role: 'OWNER' })],
  ['removing a member', (id) => send('DELETE', `companies/${id}/members/${ana.id}`)],
  ['removing themselves', (id) => send('DELETE', `companies/${id}/members/${eve.id}`)],
  ['leaving it', (id) => send('POST', `companies/${id}/leave`)],
  ['its invites', (id) => send('GET', `companies/${id}/invites`)],
  ['inviting to it', (id) => send('POST', `companies/${id}/invites`, { email: 'x@example.com' })],
  ['inviting many to it', (id) => send('POST', `companies/${id}/invites`, { emails: ['x@example.com', 'y'] })],
  ['sending its invite again', (id) => send('POST', `companies/${id}/invites/${inviteId}/resend`)],
  ['withdrawing its invite', (id) => send('DELETE', `companies/${id}/invites/${inviteId}`)],
  ['its requests to join', (id) => send('GET', `companies/${id}/join-requests`)],
  ['joining it', (id) => send('POST', `companies/${id}/join-requests`)],
  ['accepting its request', (id) => send('POST', `companies/${id}/join-requests/${requestId}/accept`)],
  ['declining its request', (id) => send('POST', `companies/${id}/join-requests/${requestId}/decline`)],
];

it.each(ofCompany)(
  'a user who is no member gets the same answer for %s as for a company that does not exist',
  (_, ask) => expectNothingThere(() => Promise.all([companyId, newId(), 'not-an-id'].map(ask))),
);

const inOwn: [string, () => string, (company: string, id: string) => Promise<Answer>][] = [
  [
    'a new role of a person',
    () => ana.id,
    (own, id) => send('PATCH', `companies/${own}/members/${id}`, { role: 'ADMIN' }),
  ],
  ['removing a person', () => ana.id, (own, id) => send('DELETE', `companies/${own}/members/${id}`)],
  ['an invite, again', () => inviteId, (own, id) => send('POST', `companies/${own}/invites/${id}/resend`)],
  ['withdrawing an invite', () => inviteId, (own, id) => send('DELETE', `companies/${own}/invites/${id}`)],
  ['accepting a request', () => requestId, (own, id) => send('POST', `companies/${own}/join-requests/${id}/accept`)],
  ['declining a request', () => requestId, (own, id) => send('POST', `companies/${own}/join-requests/${id}/decline`)],
];

it.each(inOwn)(
  'an owner gets the same answer for %s of another company as for one that does not exist',
  async (_, foreign, ask) =>
    expectNothingThere(() => Promise.all([foreign(), newId(), 'not-an-id'].map((id) => ask(evesId, id)))),
);

it.each([
  ['ownership to a member of another company', () => ana.id],
  ['ownership to a user who does not exist', newId],
])('a transfer of %s is answered as for a user who is no member', async (_, userId) => {
  await expectNothingThere(async () => [await send('POST', `companies/${evesId}/ownership`, { userId: userId() })]);
});

it('the list of companies holds those of the caller only', async () => {
  expect((await api.get('companies', { token: ana.token })).body.data).toMatchObject([{ id: companyId }]);
  expect((await api.get('companies', { token: eve.token })).body.data).toMatchObject([{ id: evesId }]);
});

it('companies and members are listed page by page', async () => {
  const di = await api.person('Di');
  const made = [await api.company(di, 'One'), await api.company(di, 'Two'), await api.company(di, 'Three')];
  const first = (await api.get('companies?limit=2', { token: di.token })).body;
  expect(first.data).toMatchObject([{ id: made[2] }, { id: made[1] }]);
  const second = await api.get(`companies?limit=2&cursor=${first.nextCursor}`, { token: di.token });
  expect(second.body).toMatchObject({ data: [{ id: made[0] }], nextCursor: null });
  const foreign = await api.get(`companies/${made[0] ?? ''}/members?cursor=${first.nextCursor}`, { token: di.token });
  expect(foreign).toMatchObject({ status: 422, body: { code: 'CURSOR_INVALID' } });
});

it('every company route requires a login before anything else', async () => {
  for (const path of ['me', 'companies', `companies/${companyId}`, 'invites', 'notifications', 'auth/sessions']) {
    expect(await api.get(path)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  }
});
