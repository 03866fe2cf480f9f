import { BAD_TOKENS, signToken } from '@convene/auth/test-support/bad-tokens';
import { ApiHarness, type Person } from '../test-support/api-harness';

let api: ApiHarness;
let ana: Person;
beforeAll(async () => {
  api = await ApiHarness.start({ COOKIE_SECURE: 'true' });
});
beforeEach(async () => {
  ana = await api.person('Ana');
});
afterAll(() => api.stop());

const me = (token: string | undefined) => api.get('me', { token });
const refresh = (refreshToken: string) => api.post('auth/refresh', { body: { refreshToken } });
const cookiesOf = (headers: Record<string, unknown>) => headers['set-cookie'] as string[];

describe('a login', () => {
  it('sets two httpOnly cookies and returns no token, or returns tokens and sets no cookie', async () => {
    const answer = await api.post('auth/login', { body: { email: ana.email, password: ana.password } });
    const [access, refreshing] = cookiesOf(answer.headers);
    expect(access).toMatch(/^__Host-convene_access=[^;]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/);
    expect(refreshing).toMatch(
      /^__Secure-convene_refresh=[^;]+; Path=\/v1\/auth; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(Object.keys(answer.body).sort()).toEqual(['accessExpiresAt', 'sessionId', 'user']);

    const bearer = await api.login(ana.email, ana.password);
    expect(bearer.headers['set-cookie']).toBeUndefined();
    expect(bearer.headers['cache-control']).toBe('no-store');
    expect(bearer.body).toMatchObject({ accessToken: expect.any(String), refreshToken: expect.any(String) });
  });

  it('answers a wrong password and an unknown account alike', async () => {
    const [wrong, unknown] = await Promise.all([api.login(ana.email, 'wrong'), api.login('no@example.com', 'wrong')]);
    expect(wrong).toMatchObject({ status: 401, body: { code: 'INVALID_CREDENTIALS' } });
    expect({ ...unknown.body, traceId: '' }).toEqual({ ...wrong.body, traceId: '' });
  });

  it('works by cookie from our own pages only', async () => {
    const cookie = `__Host-convene_access=${ana.token}`;
    const create = (origin: string) =>
      api.post('companies', { body: { name: 'X' }, headers: { cookie, origin, host: 'api.example' } });
    expect(await create('https://evil.example')).toMatchObject({ status: 403, body: { code: 'ORIGIN_NOT_ALLOWED' } });
    expect((await create('https://api.example')).status).toBe(201);
    expect((await create('http://localhost:4000')).status).toBe(201); // PUBLIC_URL
  });
});

describe('an access token', () => {
  const subject = () => ({ key: api.env.JWT_PRIVATE_KEY, userId: ana.id, sessionId: ana.sessionId });

  it('is accepted when this gateway signed it', async () => {
    expect((await me(signToken(subject()))).status).toBe(200);
  });

  it('is required', async () => {
    expect(await me(undefined)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it.each(BAD_TOKENS)('is refused when %s, by header and by cookie', async (_, make, code) => {
    const token = make(subject());
    const cookie = { headers: { cookie: `__Host-convene_access=${token}` } };
    for (const answer of [await me(token), await api.get('me', cookie)]) {
      expect(answer).toMatchObject({ status: 401, body: { code } });
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
  });

  it('is not accepted as a refresh token, nor a refresh token as an access token', async () => {
    expect(await me(ana.refreshToken)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(await refresh(ana.token)).toMatchObject({ status: 401, body: { code: 'REFRESH_INVALID' } });
    const body = { token: ana.token };
    expect(await api.post('auth/verify-email', { body })).toMatchObject({ status: 410 });
  });

  it('ends with its session, before it expires', async () => {
    await api.send('DELETE', `auth/sessions/${ana.sessionId}`, { token: ana.token });
    expect(await me(ana.token)).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
    expect(await me(signToken(subject()))).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
  });

  it('can be verified with the published keys, which contain nothing private', async () => {
    const { body } = await api.get('/.well-known/jwks.json');
    expect(body).toEqual({ keys: [api.env.JWT_PRIVATE_KEY.jwk] });
    expect(Object.keys(api.env.JWT_PRIVATE_KEY.jwk)).not.toContain('d');
  });
});

describe('a refresh', () => {
  it('returns a new pair of tokens, once', async () => {
    const answer = await refresh(ana.refreshToken);
    expect(answer.status).toBe(200);
    expect(answer.body.refreshToken).not.toBe(ana.refreshToken);
    expect((await me(answer.body.accessToken)).status).toBe(200);
  });

  it('returns the same successor to simultaneous requests, and within the grace period', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(ana.refreshToken)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
    expect((await refresh(answers[0]?.body.refreshToken ?? '')).status).toBe(200);
  });

  it('keeps all tabs of a browser logged in, whichever of the answers each received', async () => {
    const answers = await Promise.all([refresh(ana.refreshToken), refresh(ana.refreshToken)]);
    for (const { body } of answers) expect((await me(body.accessToken)).status).toBe(200);
    // A second round of both, each with the token it was given.
    const again = await Promise.all(answers.map(({ body }) => refresh(body.refreshToken)));
    expect(again.map(({ status }) => status)).toEqual([200, 200]);
    expect(await api.events({ type: 'sessions.revoked', actorId: ana.id })).toEqual([]);
  });

  it('accepts a replaced token for ten seconds', async () => {
    await refresh(ana.refreshToken);
    const rotated = (msAgo: number) =>
      api.prisma.session.update({ where: { id: ana.sessionId }, data: { rotatedAt: new Date(Date.now() - msAgo) } });
    await rotated(9_000);
    expect((await refresh(ana.refreshToken)).status).toBe(200);
    await rotated(10_001);
    expect(await refresh(ana.refreshToken)).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
    const row = await api.prisma.session.findUniqueOrThrow({ where: { id: ana.sessionId } });
    expect(row.revokedReason).toBe('refresh_reused');
  });

  it('ends the session for thief and owner when a replaced token is used after the grace period', async () => {
    const next = (await refresh(ana.refreshToken)).body;
    const past = new Date(Date.now() - 10_500);
    await api.prisma.session.update({ where: { id: ana.sessionId }, data: { rotatedAt: past } });
    expect(await refresh(ana.refreshToken)).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
    expect(await refresh(next.refreshToken)).toMatchObject({ body: { code: 'SESSION_REVOKED' } });
    expect(await me(next.accessToken)).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
    const [event] = await api.events({ type: 'sessions.revoked', actorId: ana.id });
    expect(event?.payload).toEqual({ sessionId: ana.sessionId, userId: ana.id, reason: 'refresh_reused' });
  });

  it('ends the session at once when a token before the replaced one is used', async () => {
    await refresh((await refresh(ana.refreshToken)).body.refreshToken);
    expect(await refresh(ana.refreshToken)).toMatchObject({ body: { code: 'SESSION_REVOKED' } });
  });

  it('accepts a cookie and answers with cookies', async () => {
    const answer = await api.post('auth/refresh', {
      headers: { cookie: `__Secure-convene_refresh=${ana.refreshToken}` },
    });
    expect(answer.status).toBe(200);
    expect(cookiesOf(answer.headers)).toHaveLength(2);
    expect(answer.body.refreshToken).toBeUndefined();
  });

  it('accepts a cookie from our own pages only, whatever other headers are sent', async () => {
    const headers = { cookie: `__Secure-convene_refresh=${ana.refreshToken}`, host: 'api.example' };
    const foreign = { ...headers, origin: 'https://evil.example', authorization: 'Bearer x' };
    for (const path of ['auth/refresh', 'auth/logout']) {
      expect(await api.post(path, { headers: foreign })).toMatchObject({ body: { code: 'ORIGIN_NOT_ALLOWED' } });
    }
    expect((await api.post('auth/refresh', { headers: { ...foreign, origin: 'https://api.example' } })).status).toBe(
      200,
    );
  });

  it('ignores a cookie that any host of the domain could have set', async () => {
    const bare = { cookie: `convene_access=${ana.token}; convene_refresh=${ana.refreshToken}` };
    expect(await api.post('auth/refresh', { headers: bare })).toMatchObject({ body: { code: 'REFRESH_INVALID' } });
    expect(await api.get('me', { headers: bare })).toMatchObject({ body: { code: 'UNAUTHENTICATED' } });
  });

  it('refuses forged and expired tokens', async () => {
    expect(await refresh('x')).toMatchObject({ status: 401, body: { code: 'REFRESH_INVALID' } });
    expect(await api.post('auth/refresh')).toMatchObject({ status: 401, body: { code: 'REFRESH_INVALID' } });
    await api.prisma.session.update({ where: { id: ana.sessionId }, data: { expiresAt: new Date() } });
    expect(await refresh(ana.refreshToken)).toMatchObject({ status: 401, body: { code: 'REFRESH_INVALID' } });
  });

  it('leaves nothing usable in the database', async () => {
    const row = await api.prisma.session.findUniqueOrThrow({ where: { id: ana.sessionId }, omit: { ackedSeq: true } });
    expect(JSON.stringify(row)).not.toContain(ana.refreshToken.split('.')[2]);
  });
});

describe('ending sessions', () => {
  it('by logout ends this session with its access token, and clears the cookies', async () => {
    const other = (await api.login(ana.email, ana.password)).body;
    const answer = await api.post('auth/logout', { token: ana.token });
    expect(answer.status).toBe(204);
    expect(cookiesOf(answer.headers)).toEqual([
      expect.stringMatching(/^__Host-convene_access=; Path=\/; Max-Age=0/),
      expect.stringMatching(/^__Secure-convene_refresh=; Path=\/v1\/auth; Max-Age=0/),
    ]);
    expect(await me(ana.token)).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
    expect(await refresh(ana.refreshToken)).toMatchObject({ body: { code: 'SESSION_REVOKED' } });
    expect((await me(other.accessToken)).status).toBe(200);
  });

  it('by logout needs the refresh cookie alone', async () => {
    const cookie = `__Secure-convene_refresh=${ana.refreshToken}`;
    expect((await api.post('auth/logout', { headers: { cookie } })).status).toBe(204);
    expect(await me(ana.token)).toMatchObject({ body: { code: 'SESSION_REVOKED' } });
    expect((await api.post('auth/logout')).status).toBe(401);
  });

  it('by logout-all ends every session of the user, each with its event, and no other user’s', async () => {
    const bo = await api.person('Bo');
    const other = (await api.login(ana.email, ana.password)).body;
    expect((await api.post('auth/logout-all', { token: ana.token })).status).toBe(204);
    for (const token of [ana.token, other.accessToken]) {
      expect(await me(token)).toMatchObject({ body: { code: 'SESSION_REVOKED' } });
    }
    expect((await me(bo.token)).status).toBe(200);
    expect(await api.events({ type: 'sessions.revoked', actorId: ana.id })).toHaveLength(2);
  });

  it('from the list of sessions ends another session of the user', async () => {
    const other = (await api.login(ana.email, ana.password)).body.sessionId;
    const list = await api.get('auth/sessions', { token: ana.token });
    expect(list.body.data).toMatchObject([
      { id: other, current: false },
      { id: ana.sessionId, current: true },
    ]);
    const remove = (id: string, token: string) => api.send('DELETE', `auth/sessions/${id}`, { token });
    const bo = await api.person('Bo');
    expect(await remove(other, bo.token)).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
    expect((await remove(other, ana.token)).status).toBe(204);
    expect((await api.get('auth/sessions', { token: ana.token })).body.data).toHaveLength(1);
  });
});
