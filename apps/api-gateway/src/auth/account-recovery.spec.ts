import { ApiHarness, type Person } from '../test-support/api-harness';

/** An intruder knows the password and has a session; the owner reads the mail to the address. */
let api: ApiHarness;
let ana: Person;
let intruder: { accessToken: string; sessionId: string };
let address = '';
let count = 0;
beforeAll(async () => {
  api = await ApiHarness.start();
});
beforeEach(async () => {
  ana = await api.person('Ana');
  intruder = (await api.login(ana.email, ana.password)).body;
  address = `intruder-${++count}@example.com`;
});
afterAll(() => api.stop());

const NEW = 'the new password';
const invalid = { status: 410, body: { code: 'TOKEN_INVALID' } };
const revoked = { status: 401, body: { code: 'SESSION_REVOKED' } };
const askForChange = (email = address, password = ana.password, token = intruder.accessToken) =>
  api.post('me/email', { token, body: { email, password } });
const changeToken = () => api.mailedToken(ana.id, 'CHANGE_EMAIL');
const follow = (token: string, bearer: string | undefined, password?: string) =>
  api.post('auth/verify-email', { token: bearer, body: { token, ...(password !== undefined && { password }) } });
const move = async (email = address) => {
  await askForChange(email);
  return follow(await changeToken(), intruder.accessToken);
};
const forgot = async (email = ana.email) => {
  await api.post('auth/password/forgot', { body: { email } });
  return api.mailedToken(ana.id, 'RESET_PASSWORD');
};
const reset = (token: string, password = NEW) => api.post('auth/password/reset', { body: { token, password } });
const restore = (token: string, password = NEW) => api.post('auth/email/restore', { body: { token, password } });
const emailNow = async () => (await api.prisma.user.findUniqueOrThrow({ where: { id: ana.id } })).email;
const links = () => api.prisma.mailToken.count({ where: { userId: ana.id, usedAt: null } });
const sessions = () => api.prisma.session.count({ where: { userId: ana.id, revokedAt: null } });
const securityMails = async () => {
  const events = await api.events({ type: 'security_mails.requested', actorId: ana.id });
  return events.map(({ payload }) => (payload as { kind: string }).kind);
};
const formerAddresses = async () => {
  const rows = await api.prisma.formerAddress.findMany({ where: { userId: ana.id }, orderBy: { changedAt: 'asc' } });
  return rows.map(({ email, restorableUntil }) => [email, restorableUntil > new Date()]);
};

describe('a change of address requested by an intruder', () => {
  beforeEach(() => askForChange());

  it('ends with a password reset by the owner, for a link with a session and for one with the password', async () => {
    const link = await changeToken();
    expect((await reset(await forgot())).status).toBe(204);
    expect(await follow(link, undefined)).toMatchObject(invalid);
    expect(await follow(link, undefined, ana.password)).toMatchObject(invalid);
    expect(await follow(link, undefined, NEW)).toMatchObject(invalid);
    expect(await follow(link, intruder.accessToken)).toMatchObject(invalid);
    expect({ email: await emailNow(), links: await links(), sessions: await sessions() }).toEqual({
      email: ana.email,
      links: 0,
      sessions: 0,
    });
    expect(await securityMails()).toEqual(['ADDRESS_CHANGE_REQUESTED', 'PASSWORD_CHANGED']);
  });

  it('ends with a change of the password, as every other link does', async () => {
    const [link, resetLink] = [await changeToken(), await forgot()];
    const body = { currentPassword: ana.password, newPassword: NEW };
    expect((await api.post('me/password', { token: ana.token, body })).status).toBe(204);
    expect(await follow(link, ana.token)).toMatchObject(invalid);
    expect(await reset(resetLink)).toMatchObject(invalid);
    expect(await follow(await api.verificationToken(ana.id).catch(() => 'none'), ana.token)).toMatchObject(invalid);
    expect({ links: await links(), sessions: await sessions() }).toEqual({ links: 0, sessions: 1 });
    expect(await securityMails()).toEqual(['ADDRESS_CHANGE_REQUESTED', 'PASSWORD_CHANGED']);
  });

  it('either succeeds or fails as a whole when it races with a new password', async () => {
    for (let round = 0; round < 10; round += 1) {
      ana = await api.person('Ana');
      intruder = (await api.login(ana.email, ana.password)).body;
      await askForChange(`at-once-${round}-${address}`);
      const [link, resetLink] = [await changeToken(), await forgot()];
      const answers = await Promise.all([reset(resetLink), follow(link, undefined, ana.password)]);
      const won = answers.map(({ status }) => status < 300);
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await emailNow()) === ana.email).toBe(won[0]);
      expect(await links()).toBe(0);
    }
  });

  it('leaves no link behind when it is requested during a password reset', async () => {
    for (let round = 0; round < 10; round += 1) {
      ana = await api.person('Ana');
      intruder = (await api.login(ana.email, ana.password)).body;
      const resetLink = await forgot();
      const [, asked] = await Promise.all([reset(resetLink), askForChange(`meanwhile-${round}-${address}`)]);
      expect([202, 401, 403]).toContain(asked.status);
      expect(await links()).toBe(0);
    }
  });
});

describe('a change of address', () => {
  it('ends all other sessions and links, and mails the former address', async () => {
    const resetLink = await forgot();
    expect(await move()).toMatchObject({ status: 200, body: { email: address } });
    expect(await api.get('me', { token: ana.token })).toMatchObject(revoked);
    expect((await api.get('me', { token: intruder.accessToken })).status).toBe(200);
    expect(await reset(resetLink)).toMatchObject(invalid);
    expect({ links: await links(), sessions: await sessions() }).toEqual({ links: 0, sessions: 1 });
    const { revokedReason } = await api.prisma.session.findUniqueOrThrow({ where: { id: ana.sessionId } });
    expect(revokedReason).toBe('address_changed');
    const [, event] = await api.events({ type: 'security_mails.requested', actorId: ana.id });
    const { id } = await api.prisma.formerAddress.findFirstOrThrow({ where: { userId: ana.id, email: ana.email } });
    expect(event).toMatchObject({
      internal: true,
      payload: { userId: ana.id, kind: 'ADDRESS_CHANGED', formerAddressId: id },
    });
  });

  it('ends every session when the link is followed with the password', async () => {
    await askForChange();
    expect((await follow(await changeToken(), undefined, ana.password)).status).toBe(200);
    expect(await sessions()).toBe(0);
  });

  it('sends no mail and gives no way back to an address that was never verified', async () => {
    ana = await api.person('Typo', { verified: false });
    intruder = { accessToken: ana.token, sessionId: ana.sessionId };
    expect((await move()).status).toBe(200);
    expect(await formerAddresses()).toEqual([]);
    expect(await securityMails()).toEqual(['ADDRESS_CHANGE_REQUESTED']);
  });
});

describe('the link that restores a former address', () => {
  it('returns the account to the owner of the former address and revokes all access of the intruder', async () => {
    await move();
    const token = await api.restoreToken(ana.id);
    expect((await restore(token)).status).toBe(204);
    expect(await emailNow()).toBe(ana.email);
    expect(await api.get('me', { token: intruder.accessToken })).toMatchObject(revoked);
    expect((await api.login(address, ana.password)).status).toBe(401);
    expect((await api.login(ana.email, ana.password)).status).toBe(401);
    expect((await api.login(ana.email, NEW)).body.user).toMatchObject({ id: ana.id, emailVerified: true });
    expect(await formerAddresses()).toEqual([[address, false]]);
    expect(await restore(await api.restoreToken(ana.id))).toMatchObject(invalid);
    expect(await restore(token)).toMatchObject(invalid);
    expect(await securityMails()).toEqual([
      ...['ADDRESS_CHANGE_REQUESTED', 'ADDRESS_CHANGED'],
      ...['ADDRESS_CHANGED', 'PASSWORD_CHANGED'],
    ]);
  });

  it('stays valid after password resets and another change of address by the intruder', async () => {
    await move();
    const token = await api.restoreToken(ana.id);
    expect((await reset(await forgot(address), 'of the intruder')).status).toBe(204);
    intruder = (await api.login(address, 'of the intruder')).body;
    await askForChange(`next-${address}`, 'of the intruder');
    await follow(await changeToken(), intruder.accessToken);
    const tokenOfIntruder = await api.restoreToken(ana.id);
    expect(await formerAddresses()).toEqual([
      [ana.email, true],
      [address, true],
    ]);
    expect((await restore(token)).status).toBe(204);
    expect(await emailNow()).toBe(ana.email);
    expect(await restore(tokenOfIntruder)).toMatchObject(invalid);
  });

  it('undoes only the later of two changes, and the link of the earlier one stays valid', async () => {
    await move();
    const first = await api.restoreToken(ana.id);
    await move(`next-${address}`);
    expect((await restore(await api.restoreToken(ana.id))).status).toBe(204);
    expect(await emailNow()).toBe(address);
    expect((await restore(first, 'another new password')).status).toBe(204);
    expect(await emailNow()).toBe(ana.email);
  });

  it('works once when ten requests use it at the same time', async () => {
    await move();
    const token = await api.restoreToken(ana.id);
    const passwords = Array.from({ length: 10 }, (_, n) => `the new password ${n}`);
    const answers = await Promise.all(passwords.map((password) => restore(token, password)));
    const winners = passwords.filter((_, n) => answers[n]?.status === 204);
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 410)).toHaveLength(9);
    expect((await api.login(ana.email, winners[0] ?? '')).status).toBe(200);
  });

  it('is valid for seven days, and invalid once the account is deleted', async () => {
    await move();
    const row = await api.prisma.formerAddress.findFirstOrThrow({ where: { userId: ana.id } });
    const days = (row.restorableUntil.getTime() - row.changedAt.getTime()) / 86_400_000;
    expect(days).toBeCloseTo(7, 3);
    const token = await api.restoreToken(ana.id);
    await api.prisma.formerAddress.updateMany({ data: { restorableUntil: new Date() } });
    expect(await restore(token)).toMatchObject(invalid);
    await api.prisma.formerAddress.updateMany({ data: { restorableUntil: row.restorableUntil } });
    const body = { password: ana.password };
    expect((await api.send('DELETE', 'me', { token: intruder.accessToken, body })).status).toBe(204);
    expect(await restore(token)).toMatchObject(invalid);
  });

  it('stays valid while another account has the address, which its owner can recover', async () => {
    await move();
    const token = await api.restoreToken(ana.id);
    const squatter = { email: ana.email, password: 'of the intruder', displayName: 'Squatter' };
    const { id } = (await api.post('auth/signup', { body: squatter })).body;
    expect(await restore(token)).toMatchObject({ status: 409, body: { code: 'EMAIL_IN_USE' } });
    expect(await emailNow()).toBe(address);
    await api.post('auth/password/forgot', { body: { email: ana.email } });
    await reset(await api.mailedToken(id, 'RESET_PASSWORD'), 'of the true owner');
    const { accessToken } = (await api.login(ana.email, 'of the true owner')).body;
    const body = { password: 'of the true owner' };
    expect((await api.send('DELETE', 'me', { token: accessToken, body })).status).toBe(204);
    expect((await restore(token)).status).toBe(204);
    expect(await emailNow()).toBe(ana.email);
  });

  it('accepts no token of another purpose, and its token has no other purpose', async () => {
    await move();
    const token = await api.restoreToken(ana.id);
    for (const other of [await forgot(address), await changeToken()]) {
      expect(await restore(other)).toMatchObject(invalid);
    }
    expect(await reset(token)).toMatchObject(invalid);
    expect(await follow(token, intruder.accessToken)).toMatchObject(invalid);
  });
});
