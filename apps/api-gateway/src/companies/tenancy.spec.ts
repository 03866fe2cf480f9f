import { newId } from '@convene/prisma/ids';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { Api, type Person } from '../spec/api';

let database: TestDatabase;
let api: Api;
let ana: Person;
let eve: Person;
let companyId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await Api.start(database.url);
  [ana, eve] = [await api.person('Ana'), await api.person('Eve')];
  companyId = await api.company(ana);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const routes: [string, (id: string) => ReturnType<Api['send']>][] = [
  ['its page', (id) => api.get(`companies/${id}`, { token: eve.token })],
  ['its members', (id) => api.get(`companies/${id}/members`, { token: eve.token })],
  ['its invites', (id) => api.get(`companies/${id}/invites`, { token: eve.token })],
  [
    'inviting to it',
    (id) => api.post(`companies/${id}/invites`, { token: eve.token, body: { email: 'x@example.com' } }),
  ],
];

it.each(routes)('a stranger’s question for %s answers as if there were no such company', async (_, ask) => {
  const answers = await Promise.all([companyId, newId(), 'not-an-id'].map(ask));
  const shapes = answers.map(({ status, headers, body }) => ({
    status,
    type: headers['content-type'],
    length: headers['content-length'],
    body: { ...body, traceId: '' },
  }));
  expect(shapes[0]).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  expect(shapes[1]).toEqual(shapes[0]);
  expect(shapes[2]).toEqual(shapes[0]);
});

it('lists to everybody the companies they are in', async () => {
  expect((await api.get('companies', { token: ana.token })).body.data).toMatchObject([{ id: companyId }]);
  expect((await api.get('companies', { token: eve.token })).body.data).toEqual([]);
});

it('lists companies and members page by page', async () => {
  const di = await api.person('Di');
  const made = [await api.company(di, 'One'), await api.company(di, 'Two'), await api.company(di, 'Three')];
  const first = (await api.get('companies?limit=2', { token: di.token })).body;
  expect(first.data).toMatchObject([{ id: made[2] }, { id: made[1] }]);
  const second = await api.get(`companies?limit=2&cursor=${first.nextCursor}`, { token: di.token });
  expect(second.body).toMatchObject({ data: [{ id: made[0] }], nextCursor: null });
  const foreign = await api.get(`companies/${made[0] ?? ''}/members?cursor=${first.nextCursor}`, { token: di.token });
  expect(foreign).toMatchObject({ status: 422, body: { code: 'CURSOR_INVALID' } });
});

it('asks strangers to log in first, whatever they ask for', async () => {
  for (const path of ['me', 'companies', `companies/${companyId}`, 'invites', 'notifications', 'auth/sessions']) {
    expect(await api.get(path)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  }
});
