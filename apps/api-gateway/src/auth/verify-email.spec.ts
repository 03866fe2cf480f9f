import { ApiHarness, type Person } from '../test-support/api-harness';

let api: ApiHarness;
let victim: Person;
beforeAll(async () => {
  api = await ApiHarness.start();
});
afterAll(() => api.stop());

/** Signs up with the victim's address, and waits, logged in, for the victim's click. */
let stranger: Person;
beforeEach(async () => {
  stranger = await api.person('Stranger', { verified: false });
  victim = await api.person('Victim');
});

const verify = (token: string, { password, from }: { password?: string; from?: Person } = {}) =>
  api.post('auth/verify-email', { token: from?.token, body: { token, ...(password !== undefined && { password }) } });
const isVerified = async ({ id }: Person) =>
  (await api.prisma.user.findUniqueOrThrow({ where: { id } })).emailVerifiedAt !== null;
const required = { status: 403, body: { code: 'PASSWORD_REQUIRED' } };
const ok = { status: 200, body: { emailVerified: true } };

describe('a click of the address’s owner on the link of a stranger’s signup', () => {
  it('verifies nothing: the stranger’s session cannot accept invitations to the address', async () => {
    const company = await api.company(victim, 'Acme');
    const invite = await api.invite(company, victim, stranger.email, 'ADMIN');
    const token = await api.verificationToken(stranger.id);
    expect(await verify(token)).toMatchObject(required);
    expect(await verify(token, { from: victim })).toMatchObject(required);
    expect(await verify(token, { password: victim.password })).toMatchObject({ body: { code: 'PASSWORD_WRONG' } });
    expect(await isVerified(stranger)).toBe(false);
    const accept = await api.post(`invites/${invite.id}/accept`, { token: stranger.token });
    expect(accept).toMatchObject({ status: 403, body: { code: 'EMAIL_NOT_VERIFIED' } });
  });

  it('lets the owner reset the password, which ends all access of the stranger', async () => {
    expect(await verify(await api.verificationToken(stranger.id))).toMatchObject(required);
    await api.post('auth/password/forgot', { body: { email: stranger.email } });
    const body = { token: await api.mailedToken(stranger.id, 'RESET_PASSWORD'), password: 'of the true owner' };
    expect((await api.post('auth/password/reset', { body })).status).toBe(204);
    expect(await api.get('me', { token: stranger.token })).toMatchObject({ body: { code: 'SESSION_REVOKED' } });
    expect((await api.login(stranger.email, stranger.password)).status).toBe(401);
    expect((await api.login(stranger.email, body.password)).body.user.emailVerified).toBe(true);
  });

  it('does not complete a stranger’s change to the address', async () => {
    const body = { email: 'of-somebody-else@example.com', password: victim.password };
    await api.post('me/email', { token: victim.token, body });
    expect(await verify(await api.mailedToken(victim.id, 'CHANGE_EMAIL'))).toMatchObject(required);
    expect(await verify(await api.mailedToken(victim.id, 'CHANGE_EMAIL'), { from: stranger })).toMatchObject(required);
    expect((await api.get('me', victim)).body.email).toBe(victim.email);
  });
});

describe('the owner of an account verifies the address', () => {
  it('in a session, and stays logged in on all devices', async () => {
    const other = (await api.login(stranger.email, stranger.password)).body;
    expect(await verify(await api.verificationToken(stranger.id), { from: stranger })).toMatchObject(ok);
    for (const token of [stranger.token, other.accessToken]) expect((await api.get('me', { token })).status).toBe(200);
  });

  it('with the password on a device without a session, or with expired cookies', async () => {
    const { password } = stranger;
    expect(await verify(await api.verificationToken(stranger.id), { password })).toMatchObject(ok);
    const body = { token: await api.verificationToken(stranger.id), password };
    await api.post('auth/logout', { token: stranger.token });
    const headers = { cookie: `convene_access=${stranger.token}` };
    expect(await api.post('auth/verify-email', { body, headers })).toMatchObject(ok);
  });

  it('never in a session that has ended, according to the gateway or to the database', async () => {
    const token = await api.verificationToken(stranger.id);
    await api.prisma.session.update({ where: { id: stranger.sessionId }, data: { revokedAt: new Date() } });
    expect(await verify(token, { from: stranger })).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
    const other = (await api.login(stranger.email, stranger.password)).body;
    await api.post('auth/logout', { token: other.accessToken });
    const late = await api.post('auth/verify-email', { token: other.accessToken, body: { token } });
    expect(late).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
    expect(await isVerified(stranger)).toBe(false);
  });
});
