import { v7 } from 'uuid';
import { Passwords } from '@convene/auth/passwords';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { commitsOf, meetAfterHashing, statementsOf, tableSizes } from '../test-support/database-work';

let api: ApiHarness;
beforeAll(async () => {
  api = await ApiHarness.start();
});
afterAll(() => api.stop());

const body = (email: string, over = {}) => ({ email, password: 'long enough', displayName: 'Ana', ...over });
const signup = (email: string, over = {}) => api.post('auth/signup', { body: body(email, over) });

it('ten simultaneous signups with one address create one account and get the same answer', async () => {
  const meeting = meetAfterHashing(api.app.get(Passwords), 10);
  const answers = await Promise.all(Array.from({ length: 10 }, () => signup('race@example.com')));
  meeting.mockRestore();
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(201));
  const [owner] = await api.prisma.user.findMany({ where: { email: 'race@example.com' } });
  expect(answers.filter(({ body: { id } }) => id === owner?.id)).toHaveLength(1);
  expect(await api.prisma.user.count({ where: { email: 'race@example.com' } })).toBe(1);
  expect(await api.events({ type: 'users.registered' })).toHaveLength(1);
  expect(await api.events({ type: 'account_mails.requested' })).toHaveLength(1);
});

it('a signup treats different spellings of an address as one', async () => {
  expect((await signup(' Case@Example.com ')).body).toMatchObject({ email: 'case@example.com' });
  expect((await signup('case@example.COM')).status).toBe(201);
  expect(await api.prisma.user.count({ where: { email: 'case@example.com' } })).toBe(1);
});

it('a signup with a disposable address is refused before any other check', async () => {
  const before = await tableSizes(api.databaseUrl);
  expect(await signup('x@mailinator.com')).toMatchObject({ status: 422, body: { code: 'EMAIL_UNDELIVERABLE' } });
  expect(await tableSizes(api.databaseUrl)).toEqual(before);
});

describe('a signup with an address that is taken', () => {
  const taken = (email: string, over = {}) => signup(email, { displayName: 'Stranger', ...over });

  it('is answered as if the address were free, with an id that belongs to no account', async () => {
    const [free, ana] = [await taken('free@example.com'), await api.person('Ana')];
    const answer = await taken(ana.email);
    const { id, ...rest } = answer.body;
    expect(rest).toEqual({
      email: ana.email,
      displayName: 'Stranger',
      emailVerified: false,
      timeZone: 'UTC',
      activeCompanyId: null,
    });
    expect(id).not.toBe(ana.id);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(Object.keys(answer.body)).toEqual(Object.keys(free.body));
    expect(Object.keys(answer.headers).sort()).toEqual(Object.keys(free.headers).sort());
    expect(await api.prisma.user.count({ where: { id } })).toBe(0);
  });

  it('leaves the account unchanged and writes only the request of a mail to its owner', async () => {
    const bo = await api.person('Bo');
    const before = await tableSizes(api.databaseUrl);
    const row = await api.prisma.user.findUnique({ where: { id: bo.id } });
    await taken(bo.email, { password: 'an attacker’s own' });
    expect(await api.prisma.user.findUnique({ where: { id: bo.id } })).toEqual(row);
    expect(await tableSizes(api.databaseUrl)).toEqual({ ...before, domain_events: (before.domain_events ?? 0) + 1 });
    expect(await api.events({ type: 'account_mails.requested', actorId: bo.id })).toMatchObject([
      { internal: true, payload: { userId: bo.id, kind: 'ADDRESS_IN_USE' } },
    ]);
  });

  it('requests one mail an hour, however many signups run at once', async () => {
    const cy = await api.person('Cy');
    const mails = () => api.prisma.domainEvent.findMany({ where: { type: 'account_mails.requested', actorId: cy.id } });
    const meeting = meetAfterHashing(api.app.get(Passwords), 20);
    await Promise.all(Array.from({ length: 20 }, () => taken(cy.email)));
    meeting.mockRestore();
    const [first, ...more] = await mails();
    expect(more).toEqual([]);
    const anHourAgo = v7({ msecs: Date.now() - 3_600_500 });
    await api.prisma.domainEvent.update({ where: { id: first?.id ?? '' }, data: { id: anHourAgo } });
    await taken(cy.email);
    await taken(cy.email);
    expect(await mails()).toHaveLength(2);
  });

  it('costs the same: one hash, as many statements, one writing transaction', async () => {
    const hash = jest.spyOn(api.app.get(Passwords), 'hash');
    const di = await api.person('Di');
    const work = async (email: string) => {
      hash.mockClear();
      const statements = await statementsOf(() => taken(email));
      return { hashes: hash.mock.calls.length, statements: statements.length, commits: commitsOf(statements) };
    };
    const free = await work('never-seen@example.com');
    expect(free).toMatchObject({ hashes: 1, commits: 1 });
    expect(await work(di.email)).toEqual(free);
    // The mail of this hour is on its way.
    expect(await work(di.email)).toEqual(free);
    hash.mockRestore();
  });
});

it('a signup with invalid fields is answered with all of them', async () => {
  const answer = await signup('nobody', { password: 'short', displayName: ' ', admin: true });
  expect(answer.status).toBe(422);
  const fields = answer.body.errors.map(({ field }) => field);
  expect(fields.sort()).toEqual(['admin', 'displayName', 'email', 'password']);
});

describe('verifying an address', () => {
  const verify = (token: string, person: Person) =>
    api.post('auth/verify-email', { token: person.token, body: { token } });

  it('succeeds with the token of the mail, also when the link is followed twice', async () => {
    const bo = await api.person('Bo', { verified: false });
    const token = await api.verificationToken(bo.id);
    expect(bo.emailVerified).toBe(false);
    expect(await verify(token, bo)).toMatchObject({ status: 200, body: { emailVerified: true } });
    expect(await verify(token, bo)).toMatchObject({ status: 200, body: { emailVerified: true } });
  });

  it('requires the newest link, before it expires', async () => {
    const cy = await api.person('Cy', { verified: false });
    const first = await api.verificationToken(cy.id);
    await Promise.all([1, 2].map(() => api.post('auth/verify-email/resend', { token: cy.token })));
    const mails = await api.events({ type: 'verification_mails.requested', actorId: cy.id });
    expect(mails).toHaveLength(3);
    expect(await verify(first, cy)).toMatchObject({ status: 410, body: { code: 'TOKEN_INVALID' } });
    await api.prisma.mailToken.updateMany({ where: { userId: cy.id }, data: { expiresAt: new Date() } });
    expect(await verify(await api.verificationToken(cy.id), cy)).toMatchObject({ status: 410 });
    await api.post('auth/verify-email/resend', { token: cy.token });
    expect(await verify(await api.verificationToken(cy.id), cy)).toMatchObject({ status: 200 });
    await api.post('auth/verify-email/resend', { token: cy.token });
    expect(await api.events({ type: 'verification_mails.requested', actorId: cy.id })).toHaveLength(4);
  });

  it('refuses a token of another purpose', async () => {
    const di = await api.person('Di', { verified: false });
    const { id } = await api.prisma.mailToken.findFirstOrThrow({ where: { userId: di.id } });
    expect(await verify(api.tokens.derive('invite', id, 0), di)).toMatchObject({ status: 410 });
  });
});
