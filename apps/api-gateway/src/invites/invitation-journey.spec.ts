import { ApiHarness } from '../test-support/api-harness';

let api: ApiHarness;
beforeAll(async () => {
  api = await ApiHarness.start();
});
afterAll(() => api.stop());

it('the journey from signup to membership leaves its events', async () => {
  const [ana, bo] = [await api.person('Ana'), await api.person('Bo')];
  expect(ana).toMatchObject({ displayName: 'Ana', emailVerified: true, activeCompanyId: null });

  const created = await api.post('companies', { token: ana.token, body: { name: '  Acme ' } });
  expect(created).toMatchObject({ status: 201, body: { name: 'Acme', role: 'OWNER', membershipVersion: 1 } });
  const companyId = created.body.id;

  const invited = await api.post(`companies/${companyId}/invites`, {
    token: ana.token,
    body: { email: bo.email.toUpperCase(), role: 'ADMIN' },
  });
  expect(invited).toMatchObject({
    status: 201,
    body: {
      company: { id: companyId, name: 'Acme' },
      email: bo.email,
      role: 'ADMIN',
      status: 'PENDING',
      inviter: { displayName: 'Ana' },
    },
  });
  const inviteId = invited.body.id;
  expect(await api.get('invites', { token: bo.token })).toMatchObject({ body: { data: [{ id: inviteId }] } });

  const accepted = await api.post(`invites/${inviteId}/accept`, { token: bo.token });
  expect(accepted).toMatchObject({ status: 200, body: { id: inviteId, status: 'ACCEPTED' } });
  expect(await api.get('invites', { token: bo.token })).toMatchObject({ body: { data: [], nextCursor: null } });
  expect(await api.get('companies', { token: bo.token })).toMatchObject({
    body: { data: [{ id: companyId, role: 'ADMIN', membershipVersion: 2 }] },
  });
  const members = await api.get(`companies/${companyId}/members`, { token: bo.token });
  expect(members.body.data).toMatchObject([
    { userId: ana.id, displayName: 'Ana', role: 'OWNER' },
    { userId: bo.id, displayName: 'Bo', role: 'ADMIN' },
  ]);

  const events = await api.events({});
  expect(
    events.map(({ type, actorId, internal, membershipVersion }) => [type, actorId, internal, membershipVersion]),
  ).toEqual([
    ['users.registered', ana.id, false, null],
    ['verification_mails.requested', ana.id, true, null],
    ['users.registered', bo.id, false, null],
    ['verification_mails.requested', bo.id, true, null],
    ['companies.created', ana.id, false, 1],
    ['invites.created', ana.id, false, 1],
    ['invitation_mails.requested', ana.id, true, null],
    ['invites.accepted', bo.id, false, 2],
    ['memberships.joined', bo.id, false, 2],
  ]);
  expect(events[5]?.payload).toMatchObject({ inviteId, inviteeId: bo.id, inviterName: 'Ana', companyName: 'Acme' });
  expect(events[8]?.payload).toMatchObject({ userId: bo.id, inviterId: ana.id, role: 'ADMIN' });
  expect(JSON.stringify(events)).not.toMatch(/@example\.com/);
  expect(await periods(companyId)).toEqual([
    { userId: ana.id, role: 'OWNER', fromVersion: 1, toVersion: null },
    { userId: bo.id, role: 'ADMIN', fromVersion: 2, toVersion: null },
  ]);
});

it('the events of an invitation carry the trace of their request', async () => {
  const cy = await api.person('Cy');
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
  await api.post('companies', { token: cy.token, body: { name: 'Traced' }, headers });
  const [event] = await api.events({ type: 'companies.created', actorId: cy.id });
  expect(event?.traceparent).toMatch(new RegExp(`^00-${traceId}-`));
});

it('an invitation is shown to the holder of its token, with or without an account', async () => {
  const ana = await api.person('Ana');
  const { token } = await api.invite(await api.company(ana), ana, 'new@example.com');
  expect(await api.get(`invites/${token}`)).toMatchObject({ status: 200, body: { status: 'PENDING' } });
});

function periods(companyId: string) {
  return api.prisma.membershipPeriod.findMany({
    where: { companyId },
    select: { userId: true, role: true, fromVersion: true, toVersion: true },
    orderBy: { fromVersion: 'asc' },
  });
}
