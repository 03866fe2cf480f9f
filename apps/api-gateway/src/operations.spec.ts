import { ModulesContainer } from '@nestjs/core';
import { ListQueues, RevokeUserSessions } from '@convene/contracts/ops/routes';
import { OperatorTokens } from '@convene/operations/identity/operator-tokens';
import { OperationsModule } from '@convene/operations/operations.module';
import { OperationsServer } from '@convene/operations/operations-server';
import { ApiHarness, type Person } from './test-support/api-harness';

const OPS_SECRET = 'ops-'.repeat(8);
let api: ApiHarness;
let ana: Person;
let operator: string;

beforeAll(async () => {
  api = await ApiHarness.start({ OPS_SECRET, OPS_PORT: '0' });
  ana = await api.person('Ana');
  operator = await new OperatorTokens([OPS_SECRET]).sign({ name: 'sre', role: 'operator' }, 60);
});
afterAll(() => api.stop());

const ops = (method: string, path: string, token: string, body?: object) =>
  fetch(`http://127.0.0.1:${api.app.get(OperationsServer).port}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });

describe('the operator API', () => {
  it('refuses the token of a user, and the public API the token of an operator', async () => {
    const refused = await ops('GET', ListQueues.path, ana.token);
    expect({ status: refused.status, code: ((await refused.json()) as { code: string }).code }).toEqual({
      status: 401,
      code: 'UNAUTHENTICATED',
    });
    expect((await ops('GET', ListQueues.path, operator)).status).toBe(200);
    expect(await api.get('me', { token: operator })).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('takes no cookie', async () => {
    const { port } = api.app.get(OperationsServer);
    const headers = { cookie: `convene_access=${operator}` };
    expect((await fetch(`http://127.0.0.1:${port}${ListQueues.path}`, { headers })).status).toBe(401);
  });

  it('has no route on the public port', async () => {
    expect(await api.get(ListQueues.path, { token: operator })).toMatchObject({ status: 404 });
  });

  it('ends the sessions of a user, who is logged out at once', async () => {
    const path = RevokeUserSessions.path.replace('{userId}', ana.id);
    const answer = await ops('POST', path, operator, { reason: 'her phone was stolen' });
    expect(await answer.json()).toMatchObject({ operator: 'sre', state: 'done', counts: { ended: 1 } });
    expect(await api.get('me', { token: ana.token })).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
    expect(await api.events({ type: 'sessions.revoked' })).toMatchObject([{ payload: { reason: 'revoked' } }]);
  });
});

it('the operator API is off without a secret', async () => {
  const other = await ApiHarness.start({ DATABASE_URL: api.databaseUrl });
  const modules = [...other.app.get(ModulesContainer).values()].map(({ metatype }) => metatype);
  expect(modules).not.toContain(OperationsModule);
  await other.stop();
});
