import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { ApiHarness, type Person } from '../test-support/api-harness';

const [OLD, NEW] = ['old '.repeat(8).trim().padEnd(32, '.'), 'new '.repeat(8).trim().padEnd(32, '.')];

let database: TestDatabase;
let before: ApiHarness;
let during: ApiHarness;
let after: ApiHarness;
let ana: Person;

beforeAll(async () => {
  database = await createTestDatabase();
  const start = (TOKEN_SECRET: string) => ApiHarness.start({ DATABASE_URL: database.url, TOKEN_SECRET });
  before = await start(OLD);
  during = await start(`${NEW},${OLD}`);
  after = await start(NEW);
});
beforeEach(async () => {
  ana = await before.person('Ana');
});
afterAll(async () => {
  for (const api of [before, during, after]) await api.stop();
  await database.drop();
});

const refresh = (api: ApiHarness, refreshToken: string) => api.post('auth/refresh', { body: { refreshToken } });

describe('after a rotation of TOKEN_SECRET, until the old secret is removed', () => {
  it('an old refresh token works, and its successor is derived from the new secret', async () => {
    expect(await refresh(after, ana.refreshToken)).toMatchObject({ body: { code: 'REFRESH_INVALID' } });
    const { status, body } = await refresh(during, ana.refreshToken);
    expect(status).toBe(200);
    expect((await refresh(after, body.refreshToken)).status).toBe(200);
  });

  it('the link of an old invitation works', async () => {
    const bo = await before.person('Bo');
    const invite = await before.invite(await before.company(ana), ana, bo.email);
    const accept = (api: ApiHarness) => api.post(`invites/${invite.token}/accept`, { token: bo.token });
    expect(await accept(after)).toMatchObject({ status: 404 });
    expect((await accept(during)).status).toBe(200);
  });

  it('the link of an old mail works', async () => {
    await before.post('auth/password/forgot', { body: { email: ana.email } });
    const token = await before.mailedToken(ana.id, 'RESET_PASSWORD');
    const reset = (api: ApiHarness) =>
      api.post('auth/password/reset', { body: { token, password: 'a new pass phrase' } });
    expect(await reset(after)).toMatchObject({ body: { code: 'TOKEN_INVALID' } });
    expect((await reset(during)).status).toBe(204);
  });

  it('an answer stored under an Idempotency-Key is replayed', async () => {
    const create = (api: ApiHarness) =>
      api.post('companies', { token: ana.token, body: { name: 'Once' }, headers: { 'idempotency-key': ana.id } });
    const first = await create(before);
    expect((await create(during)).body).toEqual(first.body);
  });
});
