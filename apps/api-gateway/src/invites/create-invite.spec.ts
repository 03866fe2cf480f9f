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

const invite = ({ token }: Person, body: object) => api.post(`companies/${companyId}/invites`, { token, body });

async function member(name: string, role: string): Promise<Person> {
  const person = await api.person(name);
  const { id } = await api.invite(companyId, ana, person.email, role);
  await api.post(`invites/${id}/accept`, { token: person.token });
  return person;
}

it('an invite can be created by owners and admins only', async () => {
  const [admin, plain] = [await member('Al', 'ADMIN'), await member('Mo', 'MEMBER')];
  expect(await invite(admin, { email: 'x@example.com', role: 'ADMIN' })).toMatchObject({ status: 201 });
  expect(await invite(plain, { email: 'y@example.com' })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  expect(await api.get(`companies/${companyId}/invites`, { token: plain.token })).toMatchObject({ status: 403 });
});

it('an invite cannot offer the role of an owner', async () => {
  const answer = await invite(ana, { email: 'x@example.com', role: 'OWNER' });
  expect(answer).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED', errors: [{ field: 'role' }] } });
});

it('concurrent invites to one address leave one pending', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => invite(ana, { email: 'race@example.com' })));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ body }) => body.code === 'INVITE_ALREADY_PENDING')).toHaveLength(9);
  expect(await api.events({ companyId, type: 'invites.created' })).toHaveLength(1);
});

it('an invite can follow one that expired unanswered', async () => {
  const first = await api.invite(companyId, ana, 'late@example.com');
  await api.prisma.invite.update({ where: { id: first.id }, data: { expiresAt: new Date() } });
  expect(await invite(ana, { email: 'late@example.com' })).toMatchObject({ status: 201 });
  const list = await api.get(`companies/${companyId}/invites`, { token: ana.token });
  expect(list.body.data).toMatchObject([{ status: 'PENDING' }, { id: first.id, status: 'EXPIRED' }]);
});

it('an invite to a member is refused', async () => {
  const { email } = await member('Mo', 'MEMBER');
  expect(await invite(ana, { email })).toMatchObject({ status: 409, body: { code: 'ALREADY_MEMBER' } });
});

it('the database holds only a hash of the token of an invite', async () => {
  const { id, token } = await api.invite(companyId, ana, 'hash@example.com');
  const row = await api.prisma.invite.findUniqueOrThrow({ where: { id } });
  expect(JSON.stringify(row)).not.toContain(token.split('.')[2]);
  expect(JSON.stringify(await api.events({ companyId }))).not.toContain(token.split('.')[2]);
});

it('invites are listed newest first, page by page', async () => {
  for (const n of [1, 2, 3]) await api.invite(companyId, ana, `page${n}@example.com`);
  const page = (query: string) => api.get(`companies/${companyId}/invites?${query}`, { token: ana.token });
  const first = await page('limit=2');
  expect(first.body.data).toMatchObject([{ email: 'page3@example.com' }, { email: 'page2@example.com' }]);
  const second = await page(`limit=2&cursor=${first.body.nextCursor}`);
  expect(second.body).toMatchObject({ data: [{ email: 'page1@example.com' }], nextCursor: null });
  expect(await page('cursor=nonsense')).toMatchObject({ status: 422, body: { code: 'CURSOR_INVALID' } });
});
