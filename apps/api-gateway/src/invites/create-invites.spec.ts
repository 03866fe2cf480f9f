import { EmailCheck } from '@convene/email-check/email-check';
import { addMembers } from '../test-support/add-members';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { createUsers, type TestUser } from '../test-support/create-users';
import { expectConsistent } from '../test-support/expect-consistent';

const MAX_PENDING = 5;
let api: ApiHarness;
let ana: Person;
let companyId: string;
/** The addresses of which a foreign host is asked. */
let asked: string[];
beforeAll(async () => {
  api = await ApiHarness.start({ MAX_PENDING_INVITES_PER_COMPANY: String(MAX_PENDING), INVITE_TTL_DAYS: '3' });
  ana = await api.person('Ana');
});
beforeEach(async () => {
  asked = [];
  companyId = await api.company(ana);
  jest.spyOn(api.app.get(EmailCheck, { strict: false }), 'check').mockImplementation(async (email, beforeAsking) => {
    await beforeAsking?.();
    asked.push(email);
    return email.endsWith('@nowhere.test') ? 'undeliverable' : 'unknown';
  });
});
afterEach(() => expectConsistent(api, companyId));
afterAll(() => api.stop());

const send = (body: object, { token }: TestUser = ana) => api.post(`companies/${companyId}/invites`, { token, body });
const many = async (emails: string[]) => {
  const { status, body } = await send({ emails });
  expect(status).toBe(201);
  return body['outcomes'] as { email: string; invite: object | null; error: { code: string } | null }[];
};
const codes = (outcomes: Awaited<ReturnType<typeof many>>) => outcomes.map(({ error }) => error?.code ?? 'invited');
const invites = () => api.prisma.invite.count({ where: { companyId } });

it('a list of invites reports the outcome of each address in order, and an invalid one does not affect the others', async () => {
  const [bo] = (await createUsers(api, 1)) as [TestUser];
  await addMembers(api, companyId, [bo], 'MEMBER');
  await api.invite(companyId, ana, 'pending@example.com');
  const emails = [
    ' New@Example.com ',
    'no address',
    bo.email,
    'pending@example.com',
    'new@example.com',
    bo.email.toUpperCase(),
    'gone@nowhere.test',
    '',
    'last@example.com',
  ];
  const outcomes = await many(emails);
  expect(outcomes.map(({ email }) => email)).toEqual(emails);
  expect(codes(outcomes)).toEqual([
    'invited',
    'VALIDATION_FAILED',
    'ALREADY_MEMBER',
    'INVITE_ALREADY_PENDING',
    'INVITE_ALREADY_PENDING',
    'ALREADY_MEMBER',
    'EMAIL_UNDELIVERABLE',
    'VALIDATION_FAILED',
    'invited',
  ]);
  expect(outcomes[0]?.invite).toMatchObject({ email: 'new@example.com', role: 'MEMBER', status: 'PENDING' });
  expect(outcomes[1]?.invite).toBeNull();
  expect(await invites()).toBe(3);
  const mails = await api.events({ type: 'invitation_mails.requested' });
  expect(mails.slice(-2).map(({ payload }) => payload)).toEqual([
    { inviteId: (outcomes[0]?.invite as { id: string }).id },
    { inviteId: (outcomes[8]?.invite as { id: string }).id },
  ]);
});

it('a list of invites gives the remaining places to the first addresses', async () => {
  const outcomes = await many(Array.from({ length: MAX_PENDING + 2 }, (_, n) => `place-${n}@example.com`));
  expect(codes(outcomes)).toEqual([
    ...Array<string>(MAX_PENDING).fill('invited'),
    'INVITE_LIMIT_REACHED',
    'INVITE_LIMIT_REACHED',
  ]);
  expect(await send({ email: 'one@example.com' })).toMatchObject({
    status: 409,
    body: { code: 'INVITE_LIMIT_REACHED' },
  });
  // What has expired takes no place, written down or not.
  await api.prisma.invite.updateMany({
    where: { companyId, email: 'place-0@example.com' },
    data: { expiresAt: new Date() },
  });
  expect(await send({ email: 'one@example.com' })).toMatchObject({ status: 201 });
});

it('an invite or a list by a member without the right is refused before a foreign host is asked of an address', async () => {
  const [member, stranger] = (await createUsers(api, 2)) as [TestUser, TestUser];
  await addMembers(api, companyId, [member], 'MEMBER');
  for (const body of [{ emails: ['x@example.com'] }, { email: 'x@example.com' }]) {
    expect(await send(body, member)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(await send(body, stranger)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  }
  expect(asked).toEqual([]);
  expect(await invites()).toBe(0);
});

it('a list of invites holds at most a hundred addresses', async () => {
  const emails = Array.from({ length: 101 }, (_, n) => `many-${n}@example.com`);
  expect(await send({ emails })).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
  expect(await send({ emails: [] })).toMatchObject({ status: 422 });
  expect(await many(emails.slice(1))).toHaveLength(100);
});

it('an invite to an address that cannot receive mail is refused', async () => {
  expect(await send({ email: 'gone@nowhere.test' })).toMatchObject({
    status: 422,
    body: { code: 'EMAIL_UNDELIVERABLE' },
  });
  expect(await invites()).toBe(0);
});

it('an invite is valid for the configured number of days', async () => {
  const { body } = await send({ email: 'term@example.com' });
  const days = (Date.parse(body['expiresAt'] as string) - Date.now()) / 86_400_000;
  expect(days).toBeCloseTo(3, 2);
});

it('an invite records the expiry of an earlier one to the address, with its event', async () => {
  const { id } = await api.invite(companyId, ana, 'late@example.com');
  await api.prisma.invite.update({ where: { id }, data: { expiresAt: new Date() } });
  expect(await many(['late@example.com'])).toMatchObject([{ error: null }]);
  const [event] = await api.events({ companyId, type: 'invites.expired' });
  expect(event).toMatchObject({ actorId: null, payload: { inviteId: id, inviterId: ana.id, companyName: 'Acme' } });
  expect(await api.prisma.invite.findUnique({ where: { id } })).toMatchObject({ status: 'EXPIRED' });
});
