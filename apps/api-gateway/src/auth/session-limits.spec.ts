import { ApiHarness, type Person } from '../test-support/api-harness';

const DAY = 86_400;
let api: ApiHarness;
let ana: Person;
beforeAll(async () => {
  api = await ApiHarness.start({
    SESSION_MAX_LIFETIME: String(90 * DAY),
    REFRESH_TTL: String(30 * DAY),
    MAX_SESSIONS_PER_USER: '3',
  });
});
beforeEach(async () => {
  ana = await api.person('Ana');
});
afterAll(() => api.stop());

const refresh = (refreshToken: string) => api.post('auth/refresh', { body: { refreshToken } });
const session = (id: string) => api.prisma.session.findUniqueOrThrow({ where: { id } });
const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
const began = (createdAt: Date) => api.prisma.session.update({ where: { id: ana.sessionId }, data: { createdAt } });

describe('a session', () => {
  it('ends at its maximum lifetime, as do its tokens, however often it is used', async () => {
    await began(ago(90 * DAY - 100));
    const answer = await refresh(ana.refreshToken);
    expect(answer.status).toBe(200);
    const { createdAt, expiresAt } = await session(ana.sessionId);
    expect(expiresAt.getTime() - createdAt.getTime()).toBe(90 * DAY * 1_000);
    expect(Date.parse(String(answer.body['accessExpiresAt']))).toBeLessThanOrEqual(expiresAt.getTime());
  });

  it('is not refreshed beyond that lifetime, whatever its row says, and is not reported as stolen', async () => {
    await began(ago(90 * DAY + 1));
    expect(await refresh(ana.refreshToken)).toMatchObject({ status: 401, body: { code: 'REFRESH_INVALID' } });
    expect(await session(ana.sessionId)).toMatchObject({ revokedAt: null, rotation: 0 });
  });

  it('is refreshed as usual before that', async () => {
    await began(ago(DAY));
    await refresh(ana.refreshToken);
    const { expiresAt } = await session(ana.sessionId);
    expect(Math.abs(expiresAt.getTime() - Date.now() - 30 * DAY * 1_000)).toBeLessThan(60_000);
  });
});

describe('a login beyond the maximum number of sessions', () => {
  const login = async () => (await api.login(ana.email, ana.password)).body;
  const standing = async () =>
    (await api.prisma.session.findMany({ where: { userId: ana.id, revokedAt: null } })).map(({ id }) => id).sort();

  it('ends the least recently used session', async () => {
    const [second, third] = [await login(), await login()];
    await refresh(ana.refreshToken);
    const fourth = await login();
    expect(await standing()).toEqual([ana.sessionId, third.sessionId, fourth.sessionId].sort());
    expect(await api.get('me', { token: second.accessToken })).toMatchObject({ body: { code: 'SESSION_REVOKED' } });
    expect(await session(second.sessionId)).toMatchObject({ revokedReason: 'too_many_sessions' });
    expect(await api.events({ type: 'sessions.revoked', actorId: ana.id })).toHaveLength(1);
  });

  it('keeps the maximum when many logins run at the same time', async () => {
    await Promise.all(Array.from({ length: 8 }, login));
    expect(await standing()).toHaveLength(3);
  });
});
