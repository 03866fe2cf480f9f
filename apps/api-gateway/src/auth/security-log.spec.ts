import { SecurityLog, type SecurityRecord } from '@convene/observability/security-log';
import { ApiHarness, type Person } from '../test-support/api-harness';

let api: ApiHarness;
let ana: Person;
let written: SecurityRecord[];
beforeAll(async () => {
  api = await ApiHarness.start();
  jest.spyOn(api.app.get(SecurityLog), 'write').mockImplementation((record) => void written.push(record));
});
beforeEach(async () => {
  written = [];
  ana = await api.person('Ana');
  written = [];
});
afterAll(() => api.stop());

const as = ({ token }: Person, body?: object) => ({ token, ...(body && { body }) });

it('the security log records successful and failed logins, with and without an account', async () => {
  const { sessionId } = (await api.login(ana.email, ana.password)).body;
  await api.login(ana.email, 'wrong');
  await api.login('no@example.com', 'wrong');
  expect(written).toEqual([
    { event: 'login', outcome: 'ok', userId: ana.id, address: ana.email, sessionId },
    { event: 'login', outcome: 'refused', userId: ana.id, address: ana.email, reason: 'wrong_password' },
    { event: 'login', outcome: 'refused', userId: undefined, address: 'no@example.com', reason: 'no_account' },
  ]);
});

it('the security log records the reuse of a refresh token and the end of its session', async () => {
  const refresh = (refreshToken: string) => api.post('auth/refresh', { body: { refreshToken } });
  await refresh((await refresh(ana.refreshToken)).body.refreshToken);
  await refresh(ana.refreshToken);
  const who = { userId: ana.id, sessionId: ana.sessionId };
  expect(written).toEqual([
    { event: 'refresh', outcome: 'refused', ...who, reason: 'reused' },
    { event: 'sessions_ended', outcome: 'ok', ...who, reason: 'refresh_reused' },
  ]);
});

it.each<[string, () => Promise<unknown>, object]>([
  ['a logout', () => api.post('auth/logout', as(ana)), { event: 'sessions_ended', reason: 'logout' }],
  [
    'a revocation',
    () => api.send('DELETE', `auth/sessions/${ana.sessionId}`, as(ana)),
    { event: 'sessions_ended', reason: 'revoked' },
  ],
  [
    'a wrong password where it is asked again',
    () => api.post('me/password', as(ana, { currentPassword: 'wrong', newPassword: 'a new pass phrase' })),
    { event: 'password_check', outcome: 'refused' },
  ],
  [
    'a change of password',
    () => api.post('me/password', as(ana, { currentPassword: ana.password, newPassword: 'a new pass phrase' })),
    { event: 'password_changed', outcome: 'ok' },
  ],
  [
    'a request to change the address',
    () => api.post('me/email', as(ana, { email: 'other@example.com', password: ana.password })),
    { event: 'email_change_requested', address: 'other@example.com' },
  ],
  [
    'a reset',
    async () => {
      await api.post('auth/password/forgot', { body: { email: ana.email } });
      const token = await api.mailedToken(ana.id, 'RESET_PASSWORD');
      await api.post('auth/password/reset', { body: { token, password: 'a new pass phrase' } });
    },
    { event: 'password_reset', outcome: 'ok' },
  ],
  [
    'the deletion of an account',
    () => api.send('DELETE', 'me', as(ana, { password: ana.password })),
    { event: 'account_deleted', outcome: 'ok' },
  ],
])('the security log records %s, with the actor', async (_, act, record) => {
  await act();
  expect(written).toContainEqual(expect.objectContaining({ userId: ana.id, ...record }));
});

it('the security log records changes of a membership, with the member and the actor', async () => {
  const bo = await api.person('Bo');
  const companyId = await api.company(ana);
  const invite = await api.invite(companyId, ana, bo.email);
  await api.post(`invites/${invite.token}/accept`, { token: bo.token });
  written = [];
  const member = `companies/${companyId}/members/${bo.id}`;
  await api.send('PATCH', member, as(ana, { role: 'ADMIN' }));
  await api.send('PATCH', member, as(ana, { role: 'ADMIN' }));
  await api.send('DELETE', member, as(ana));
  const who = { outcome: 'ok', userId: ana.id, targetId: bo.id, companyId };
  expect(written).toEqual([
    { event: 'role_changed', ...who, reason: 'MEMBER->ADMIN' },
    { event: 'member_removed', ...who },
  ]);
});
