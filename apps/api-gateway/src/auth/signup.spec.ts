import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { Api } from '../spec/api';

let database: TestDatabase;
let api: Api;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await Api.start(database.url);
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

const body = (email: string, over = {}) => ({ email, password: 'long enough', displayName: 'Ana', ...over });
const signup = (email: string, over = {}) => api.post('auth/signup', { body: body(email, over) });

it('makes one account of ten simultaneous signups', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => signup('race@example.com')));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
  expect(answers.find(({ status }) => status === 409)?.body.code).toBe('EMAIL_TAKEN');
  expect(await api.prisma.user.count({ where: { email: 'race@example.com' } })).toBe(1);
  expect(await api.events({ type: 'users.registered' })).toHaveLength(1);
});

it('takes one address however it is written', async () => {
  expect((await signup(' Case@Example.com ')).body).toMatchObject({ email: 'case@example.com' });
  expect((await signup('case@example.COM')).body.code).toBe('EMAIL_TAKEN');
});

it('names every field that is wrong', async () => {
  const answer = await signup('nobody', { password: 'short', displayName: ' ', admin: true });
  expect(answer.status).toBe(422);
  const fields = answer.body.errors.map(({ field }) => field);
  expect(fields.sort()).toEqual(['admin', 'displayName', 'email', 'password']);
});

describe('verifying the address', () => {
  const verify = (token: string) => api.post('auth/verify-email', { body: { token } });

  it('works with the token of the mail, also when the link is followed twice', async () => {
    const bo = await api.person('Bo', { verified: false });
    const token = await api.verificationToken(bo.id);
    expect(bo.emailVerified).toBe(false);
    expect(await verify(token)).toMatchObject({ status: 200, body: { emailVerified: true } });
    expect(await verify(token)).toMatchObject({ status: 200, body: { emailVerified: true } });
  });

  it('asks for the newest link, in time', async () => {
    const cy = await api.person('Cy', { verified: false });
    const first = await api.verificationToken(cy.id);
    await Promise.all([1, 2].map(() => api.post('auth/verify-email/resend', { token: cy.token })));
    const mails = await api.events({ type: 'verification_mails.requested', actorId: cy.id });
    expect(mails).toHaveLength(3);
    expect(await verify(first)).toMatchObject({ status: 410, body: { code: 'TOKEN_INVALID' } });
    await api.prisma.mailToken.updateMany({ where: { userId: cy.id }, data: { expiresAt: new Date() } });
    expect(await verify(await api.verificationToken(cy.id))).toMatchObject({ status: 410 });
    await api.post('auth/verify-email/resend', { token: cy.token });
    expect(await verify(await api.verificationToken(cy.id))).toMatchObject({ status: 200 });
    await api.post('auth/verify-email/resend', { token: cy.token });
    expect(await api.events({ type: 'verification_mails.requested', actorId: cy.id })).toHaveLength(4);
  });

  it('does not take a token of another purpose', async () => {
    const di = await api.person('Di', { verified: false });
    const { id } = await api.prisma.mailToken.findFirstOrThrow({ where: { userId: di.id } });
    expect(await verify(api.tokens.derive('invite', id, 0))).toMatchObject({ status: 410 });
  });
});
