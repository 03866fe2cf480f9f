import { Passwords } from '@convene/auth/passwords';
import { endMembership } from '../memberships/end-membership';
import { ModelOutbox } from '../models/model-outbox';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { meetAfterHashing, tableSizes, waitingForLock } from '../test-support/database-work';

let api: ApiHarness;
let ana: Person;
beforeAll(async () => {
  api = await ApiHarness.start();
});
beforeEach(async () => {
  ana = await api.person('Ana');
});
afterAll(() => api.stop());

const as = ({ token }: Person, body?: object) => ({ token, ...(body && { body }) });
const invalid = { status: 410, body: { code: 'TOKEN_INVALID' } };
const wrong = { status: 403, body: { code: 'PASSWORD_WRONG' } };

describe('PATCH me', () => {
  it('changes the named fields only', async () => {
    const named = await api.send('PATCH', 'me', as(ana, { displayName: '  Ana Maria ' }));
    expect(named).toMatchObject({ status: 200, body: { displayName: 'Ana Maria', timeZone: 'UTC' } });
    const moved = await api.send('PATCH', 'me', as(ana, { timeZone: 'Europe/Lisbon' }));
    expect(moved.body).toMatchObject({ displayName: 'Ana Maria', timeZone: 'Europe/Lisbon' });
    expect((await api.send('PATCH', 'me', as(ana, {}))).body).toEqual((await api.get('me', as(ana))).body);
  });

  it.each([{ displayName: 'A\u0000' }, { displayName: ' ' }, { timeZone: 'Mars/Olympus' }, { email: 'x@example.com' }])(
    'refuses %j',
    async (body) => {
      expect(await api.send('PATCH', 'me', as(ana, body))).toMatchObject({ status: 422 });
    },
  );
});

describe('POST me/password', () => {
  const change = (currentPassword: string, newPassword = 'the new password') =>
    api.post('me/password', as(ana, { currentPassword, newPassword }));

  it('ends all other sessions and pending resets, and keeps this session', async () => {
    const other = (await api.login(ana.email, ana.password)).body;
    await api.post('auth/password/forgot', { body: { email: ana.email } });
    const reset = await api.mailedToken(ana.id, 'RESET_PASSWORD');
    expect((await change(ana.password)).status).toBe(204);
    expect((await api.get('me', as(ana))).status).toBe(200);
    expect(await api.get('me', { token: other.accessToken })).toMatchObject({ body: { code: 'SESSION_REVOKED' } });
    const row = await api.prisma.session.findUniqueOrThrow({ where: { id: other.sessionId } });
    expect(row.revokedReason).toBe('password_changed');
    expect((await api.login(ana.email, ana.password)).status).toBe(401);
    expect((await api.login(ana.email, 'the new password')).status).toBe(200);
    const body = { token: reset, password: 'of an attacker' };
    expect(await api.post('auth/password/reset', { body })).toMatchObject(invalid);
  });

  it('requires the current password, and changes nothing without it', async () => {
    const before = await tableSizes(api.databaseUrl);
    expect(await change('a wrong one')).toMatchObject(wrong);
    expect((await api.login(ana.email, ana.password)).status).toBe(200);
    expect(await tableSizes(api.databaseUrl)).toEqual({ ...before, sessions: (before.sessions ?? 0) + 1 });
  });

  it('succeeds once for ten simultaneous requests with the same current password', async () => {
    const meeting = meetAfterHashing(api.app.get(Passwords), 10);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => change(ana.password, `the new password ${n}`)),
    );
    meeting.mockRestore();
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'PASSWORD_WRONG')).toHaveLength(9);
  });
});

describe('POST me/email', () => {
  let address = '';
  let count = 0;
  beforeEach(() => {
    address = `new-${++count}@example.com`;
  });
  const change = (email = address, password = ana.password) => api.post('me/email', as(ana, { email, password }));
  const follow = (token: string, person = ana) => api.post('auth/verify-email', as(person, { token }));
  const token = () => api.mailedToken(ana.id, 'CHANGE_EMAIL');

  it('changes the address when the link in the mail to the new one is followed, also twice', async () => {
    expect((await change()).status).toBe(202);
    expect((await api.get('me', as(ana))).body.email).toBe(ana.email);
    expect(await api.events({ type: 'account_mails.requested', actorId: ana.id })).toMatchObject([
      { internal: true, payload: { userId: ana.id, kind: 'CHANGE' } },
    ]);
    expect(await api.events({ type: 'security_mails.requested', actorId: ana.id })).toMatchObject([
      { internal: true, payload: { userId: ana.id, kind: 'ADDRESS_CHANGE_REQUESTED' } },
    ]);
    const link = await token();
    for (let n = 0; n < 2; n += 1) {
      expect(await follow(link)).toMatchObject({ status: 200, body: { email: address, emailVerified: true } });
    }
    expect((await api.login(address, ana.password)).status).toBe(200);
  });

  it('revokes the access of the old mailbox', async () => {
    await api.post('auth/password/forgot', { body: { email: ana.email } });
    const reset = await api.mailedToken(ana.id, 'RESET_PASSWORD');
    await change();
    await follow(await token());
    expect((await api.login(ana.email, ana.password)).status).toBe(401);
    const body = { token: reset, password: 'of an attacker' };
    expect(await api.post('auth/password/reset', { body })).toMatchObject(invalid);
    await api.post('auth/password/forgot', { body: { email: ana.email } });
    expect(await api.prisma.mailToken.count({ where: { userId: ana.id, purpose: 'RESET_PASSWORD' } })).toBe(0);
  });

  it('accepts only the newest link, before it expires, of this purpose', async () => {
    await change();
    const first = await token();
    await change(`another-${address}`);
    expect(await follow(first)).toMatchObject(invalid);
    const { id, rotation } = await api.prisma.mailToken.findFirstOrThrow({
      where: { userId: ana.id, purpose: 'CHANGE_EMAIL' },
    });
    expect(await follow(api.tokens.derive('verify_email', id, rotation))).toMatchObject(invalid);
    await api.prisma.mailToken.updateMany({ where: { userId: ana.id }, data: { expiresAt: new Date() } });
    expect(await follow(await token())).toMatchObject(invalid);
    expect((await api.get('me', as(ana))).body.email).toBe(ana.email);
  });

  it('neither reveals that an address belongs to another account nor assigns it', async () => {
    const bo = await api.person('Bo');
    const answer = await change(bo.email);
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 202, body: {} });
    expect(await follow(await token())).toMatchObject(invalid);
    expect((await api.login(bo.email, bo.password)).status).toBe(200);
    expect((await api.get('me', as(ana))).body.email).toBe(ana.email);
  });

  it('assigns an address that two users request to the first who follows the link', async () => {
    const bo = await api.person('Bo');
    await change();
    await api.post('me/email', as(bo, { email: address, password: bo.password }));
    const links = [await token(), await api.mailedToken(bo.id, 'CHANGE_EMAIL')] as const;
    const answers = await Promise.all([follow(links[0]), follow(links[1], bo)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
    expect(await api.prisma.user.count({ where: { email: address } })).toBe(1);
  });

  it('requires the password and an address that can receive mail', async () => {
    const before = await tableSizes(api.databaseUrl);
    expect(await change(address, 'a wrong one')).toMatchObject(wrong);
    expect(await change('x@mailinator.com')).toMatchObject({ status: 422, body: { code: 'EMAIL_UNDELIVERABLE' } });
    expect(await tableSizes(api.databaseUrl)).toEqual(before);
  });
});

describe('PUT me/active-company', () => {
  const choose = (companyId: string | null, person = ana) =>
    api.send('PUT', 'me/active-company', as(person, { companyId }));

  it('accepts a company of the caller, or none', async () => {
    const companyId = await api.company(ana);
    expect(await choose(companyId)).toMatchObject({ status: 200, body: { activeCompanyId: companyId } });
    expect(await choose(null)).toMatchObject({ status: 200, body: { activeCompanyId: null } });
  });

  it('answers for a company of others as for one that does not exist', async () => {
    const foreign = await choose(await api.company(await api.person('Bo')));
    const none = await choose(ana.id);
    expect(foreign).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect({ ...foreign.body, traceId: '' }).toEqual({ ...none.body, traceId: '' });
  });

  it('waits for a concurrent removal, and is then refused', async () => {
    const companyId = await api.company(ana);
    let answer: ReturnType<typeof choose> | undefined;
    await api.app.get(ModelOutbox, { strict: false }).transaction(async (tx, append) => {
      await tx.$queryRaw`SELECT 1 FROM companies WHERE id = ${companyId}::uuid FOR NO KEY UPDATE`;
      answer = choose(companyId);
      await waitingForLock(api.databaseUrl);
      await endMembership(tx, append, { company: { id: companyId, name: 'Acme' }, userId: ana.id, actorId: ana.id });
    });
    expect(await answer).toMatchObject({ status: 404 });
    expect((await api.get('me', as(ana))).body).toMatchObject({ activeCompanyId: null });
  });
});

describe('GET me/export', () => {
  it('returns everything that is stored about the user', async () => {
    const bo = await api.person('Bo');
    const companyId = await api.company(ana, 'Acme');
    const invite = await api.invite(companyId, ana, bo.email);
    const { prisma } = api;
    const [friendshipId, blockId, pushId, eventId] = [id(1), id(2), id(3), id(4)];
    await prisma.friendship.create({ data: { id: friendshipId, requesterId: bo.id, addresseeId: ana.id } });
    await prisma.block.create({ data: { id: blockId, blockerId: ana.id, blockedId: bo.id } });
    await prisma.preference.create({
      data: { userId: ana.id, code: 'MEMBER_LEFT', channel: 'EMAIL', enabled: false },
    });
    await prisma.quietHours.create({ data: { userId: ana.id, fromMinute: 1350, toMinute: 425 } });
    const former = { email: 'ana-of-old@example.com', changedAt: new Date(), restorableUntil: new Date() };
    await prisma.formerAddress.create({ data: { id: id(5), userId: ana.id, ...former } });
    const endpoint = 'https://push.example/1';
    const { id: userId, sessionId } = ana;
    await prisma.pushSubscription.create({ data: { id: pushId, userId, sessionId, endpoint, keys: {} } });
    await prisma.notification.create({
      data: { eventId, recipientUserId: ana.id, seq: 1, code: 'MEMBER_LEFT', params: { userName: 'Bo' } },
    });

    const { status, body } = await api.get('me/export', as(ana));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      user: { id: ana.id, email: ana.email, createdAt: expect.any(String) },
      sessions: [{ id: ana.sessionId }],
      companies: [{ id: companyId, name: 'Acme', role: 'OWNER' }],
      invitesSent: [{ id: invite.id, email: bo.email }],
      formerAddresses: [{ email: former.email, changedAt: former.changedAt.toISOString() }],
      friendships: [{ id: friendshipId, person: { id: bo.id, displayName: 'Bo' }, direction: 'incoming' }],
      blocked: [bo.id],
      preferences: { quietHours: { from: '22:30', to: '07:05' }, timeZone: 'UTC' },
      pushSubscriptions: [{ id: pushId, endpoint }],
      notifications: [{ id: eventId, seq: 1, params: { userName: 'Bo' } }],
      activity: [{ type: 'invites.created', companyId }, { type: 'companies.created' }, { type: 'users.registered' }],
    });
    const { choices } = body.preferences as { choices: object[] };
    expect(choices).toHaveLength(20 * 3);
    expect(choices).toContainEqual({ code: 'MEMBER_LEFT', channel: 'EMAIL', enabled: false, fixed: false });
    expect(choices).toContainEqual({ code: 'MEMBER_LEFT', channel: 'SOCKET', enabled: true, fixed: false });
    expect(choices).toContainEqual({ code: 'ROLE_CHANGED', channel: 'SOCKET', enabled: true, fixed: true });
    expect(choices).toContainEqual({ code: 'ROLE_CHANGED', channel: 'EMAIL', enabled: true, fixed: false });
    expect(JSON.stringify(body)).not.toMatch(/password|tokenHash/i);
  });

  it('omits friend requests that a block withholds', async () => {
    const eve = await api.person('Eve');
    const hidden = { id: id(9), requesterId: eve.id, addresseeId: ana.id, withheld: true };
    await api.prisma.friendship.create({ data: hidden });
    expect((await api.get('me/export', as(ana))).body.friendships).toEqual([]);
    expect((await api.get('me/export', as(eve))).body.friendships).toMatchObject([{ id: hidden.id }]);
  });

  it('contains messages, join requests and invites of the user', async () => {
    const [bo, cy] = [await api.person('Bo'), await api.person('Cy')];
    await api.prisma.friendship.create({
      data: { id: id(20), requesterId: bo.id, addresseeId: ana.id, status: 'ACCEPTED' },
    });
    await api.post('notifications', { ...as(ana), body: { to: 'friends', userIds: [bo.id], text: 'My own words' } });
    const open = (await api.post('companies', { ...as(cy), body: { name: 'Open', isPublic: true } })).body.id;
    await api.post(`companies/${open}/join-requests`, as(ana));
    const invite = await api.invite(await api.company(bo), bo, ana.email);
    const { body } = await api.get('me/export', as(ana));
    expect(body).toMatchObject({
      messages: [{ text: 'My own words', companyId: null }],
      joinRequests: [{ company: { id: open }, status: 'PENDING' }],
      invitesReceived: [{ id: invite.id, status: 'PENDING' }],
    });
  });

  it('omits whether an address of a friend request has an account', async () => {
    const [bo, asker] = [await api.person('Bo'), await api.person('Asker')];
    await api.post('friendships', { ...as(asker), body: { email: bo.email } });
    await api.post('friendships', { ...as(asker), body: { email: 'nobody@example.com' } });
    const { body } = await api.get('me/export', as(asker));
    expect(body.friendships).toEqual([]);
    expect(JSON.stringify(body)).not.toContain(bo.id);
    expect((body.activity as { type: string }[]).map(({ type }) => type)).toEqual(['users.registered']);
  });

  const id = (n: number) => `0190b6d4-7c00-7000-8000-${String(n).padStart(12, '0')}`;
});
