import { Passwords } from '@convene/auth/passwords';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { commitsOf, meetAfterHashing, statementsOf } from '../test-support/database-work';

let api: ApiHarness;
let ana: Person;
beforeAll(async () => {
  api = await ApiHarness.start();
});
beforeEach(async () => {
  ana = await api.person('Ana', { verified: false });
});
afterAll(() => api.stop());

const NEW = 'the new password';
const forgot = (email: string) => api.post('auth/password/forgot', { body: { email } });
const reset = (token: string, password = NEW) => api.post('auth/password/reset', { body: { token, password } });
const login = async (password: string) => (await api.login(ana.email, password)).status;
const tokenOf = (person: Person) => api.mailedToken(person.id, 'RESET_PASSWORD');
const invalid = { status: 410, body: { code: 'TOKEN_INVALID' } };

describe('requesting a password reset', () => {
  it('answers an unknown address like a known one, with the same statements and the same kind of event', async () => {
    const work = async (email: string) => {
      const answers: Awaited<ReturnType<typeof forgot>>[] = [];
      const statements = await statementsOf(async () => answers.push(await forgot(email)));
      const [event] = await api.prisma.domainEvent.findMany({ orderBy: { id: 'desc' }, take: 1 });
      const payload = event?.payload as { userId: string; kind: string };
      return { statements, status: answers[0]?.status, body: answers[0]?.body, kind: payload.kind, to: payload.userId };
    };
    const known = await work(ana.email);
    const unknown = await work('nobody@example.com');
    expect(known).toMatchObject({ status: 202, body: {}, kind: 'RESET', to: ana.id });
    expect(unknown).toMatchObject({ status: 202, body: {}, kind: 'RESET' });
    expect(unknown.statements).toEqual(known.statements);
    expect(commitsOf(known.statements)).toBe(1);
    expect(await api.prisma.user.count({ where: { id: unknown.to } })).toBe(0);
    // A second link is no more work than the first.
    expect((await work(ana.email)).statements).toEqual(known.statements);
  });

  it('changes nothing until the link is followed', async () => {
    await forgot(ana.email);
    expect(await login(ana.password)).toBe(200);
  });
});

describe('resetting a password', () => {
  beforeEach(() => forgot(ana.email));

  it('sets the password, verifies the address and ends every session', async () => {
    const other = (await api.login(ana.email, ana.password)).body;
    expect((await reset(await tokenOf(ana))).status).toBe(204);
    expect(await login(ana.password)).toBe(401);
    const { body: grant } = await api.login(ana.email, NEW);
    expect(grant.user.emailVerified).toBe(true);
    for (const token of [ana.token, other.accessToken]) {
      expect(await api.get('me', { token })).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
    }
    const ended = await api.prisma.session.findMany({ where: { userId: ana.id, NOT: { revokedAt: null } } });
    expect(ended.map(({ revokedReason }) => revokedReason)).toEqual(['password_changed', 'password_changed']);
    const events = await api.events({ type: 'sessions.revoked', actorId: ana.id });
    expect(events).toMatchObject([{ payload: { reason: 'revoked' } }, { payload: { reason: 'revoked' } }]);
  });

  it('succeeds for one of twenty simultaneous requests, whose password becomes the account’s', async () => {
    const token = await tokenOf(ana);
    const passwords = Array.from({ length: 20 }, (_, n) => `the password number ${n}`);
    const meeting = meetAfterHashing(api.app.get(Passwords), passwords.length);
    const answers = await Promise.all(passwords.map((password) => reset(token, password)));
    meeting.mockRestore();
    const winners = passwords.filter((_, n) => answers[n]?.status === 204);
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 410)).toHaveLength(19);
    expect(await login(winners[0] ?? '')).toBe(200);
    expect(await reset(token)).toMatchObject(invalid);
  });

  it('accepts only the newest link, for an hour', async () => {
    const first = await tokenOf(ana);
    await forgot(ana.email);
    expect(await reset(first)).toMatchObject(invalid);
    const { expiresAt, createdAt } = await api.prisma.mailToken.findFirstOrThrow({
      where: { userId: ana.id, purpose: 'RESET_PASSWORD' },
    });
    expect(expiresAt.getTime() - createdAt.getTime()).toBe(3_600_000);
    await api.prisma.mailToken.updateMany({ where: { userId: ana.id }, data: { expiresAt: new Date() } });
    expect(await reset(await tokenOf(ana))).toMatchObject(invalid);
    expect(await login(ana.password)).toBe(200);
  });

  it('accepts no token of another purpose', async () => {
    expect(await reset(await api.verificationToken(ana.id))).toMatchObject(invalid);
    const token = await tokenOf(ana);
    expect(await api.post('auth/verify-email', { body: { token } })).toMatchObject(invalid);
    const { id } = await api.prisma.mailToken.findFirstOrThrow({ where: { userId: ana.id, purpose: 'VERIFY_EMAIL' } });
    expect(await reset(api.tokens.derive('reset_password', id, 0))).toMatchObject(invalid);
  });

  it('leaves no session to a concurrent login with the old password', async () => {
    const token = await tokenOf(ana);
    const old = Array.from({ length: 20 }, () => api.login(ana.email, ana.password));
    const answers = await Promise.all([reset(token), ...old]);
    expect(answers[0].status).toBe(204);
    expect(await api.prisma.session.count({ where: { userId: ana.id, revokedAt: null } })).toBe(0);
  });
});
