import { newId } from '@convene/prisma/ids';
import { insertNotifications } from '@convene/testing/insert-notifications';
import { ApiHarness, type Person } from '../test-support/api-harness';

let api: ApiHarness;
let ana: Person;
let bo: Person;
let cy: Person;
let company: string;

beforeAll(async () => {
  api = await ApiHarness.start();
});
beforeEach(async () => {
  [ana, bo, cy] = [await api.person('Ana'), await api.person('Bo'), await api.person('Cy')];
  company = await api.company(ana);
  const invite = await api.invite(company, ana, bo.email);
  await api.post(`invites/${invite.token}/accept`, { token: bo.token });
});
afterAll(() => api.stop());

const send = ({ token }: Person, body: object) =>
  api.post('notifications', { token, body: { text: ' Hello ', ...body } });
const sent = () => api.events({ type: 'notifications.sent', actorId: ana.id });
const befriend = async (one: Person, other: Person) => {
  const { body } = await api.post('friendships', { token: one.token, body: { userId: other.id } });
  const { id } = body.friendship as { id: string };
  await api.post(`friendships/${id}/accept`, { token: other.token });
  return id;
};
const code = async (answer: Promise<{ status: number; body: { code: string } }>) => (await answer).body.code;

describe('a message', () => {
  it('to a company is for the members at its membership version', async () => {
    const answer = await send(ana, { to: 'company', companyId: company });
    const [event] = await sent();
    expect(answer).toMatchObject({ status: 202, body: { id: event?.id } });
    expect(event).toMatchObject({
      companyId: company,
      membershipVersion: 2,
      payload: { audience: 'company', recipientIds: [], companyName: 'Acme', senderName: 'Ana', text: 'Hello' },
    });
  });

  it('to members is for each of them once', async () => {
    const { status } = await send(ana, { to: 'members', companyId: company, userIds: [bo.id, bo.id, ana.id] });
    expect(status).toBe(202);
    expect((await sent())[0]?.payload).toMatchObject({ audience: 'users', recipientIds: [bo.id, ana.id] });
  });

  it('to friends is for friends, with no company', async () => {
    await befriend(ana, cy);
    expect((await send(ana, { to: 'friends', userIds: [cy.id] })).status).toBe(202);
    expect((await sent())[0]).toMatchObject({ companyId: null, payload: { recipientIds: [cy.id], companyName: null } });
  });

  it('is refused without a trace where the sender has no right', async () => {
    const strangers = { to: 'friends', userIds: [bo.id] };
    expect(await code(send(bo, { to: 'company', companyId: company }))).toBe('FORBIDDEN');
    expect(await code(send(bo, { to: 'members', companyId: company, userIds: [ana.id] }))).toBe('FORBIDDEN');
    expect(await code(send(cy, { to: 'company', companyId: company }))).toBe('NOT_FOUND');
    expect(await code(send(cy, { to: 'company', companyId: newId() }))).toBe('NOT_FOUND');
    expect(await code(send(ana, { to: 'members', companyId: company, userIds: [bo.id, cy.id] }))).toBe('NOT_FOUND');
    expect(await code(send(ana, strangers))).toBe('NOT_FOUND');
    await api.post('friendships', { token: ana.token, body: { userId: bo.id } });
    expect(await code(send(ana, strangers))).toBe('NOT_FOUND');
    for (const text of ['  ', 'nul \0', 'half \ud800', 'x'.repeat(4001)]) {
      expect(await code(send(ana, { to: 'company', companyId: company, text }))).toBe('VALIDATION_FAILED');
    }
    expect(await sent()).toEqual([]);
  });

  it('to a friend who has blocked the sender is answered as to a user who was never a friend', async () => {
    const id = await befriend(ana, cy);
    await api.post(`friendships/${id}/block`, { token: cy.token });
    const [blocked, never] = [
      await send(ana, { to: 'friends', userIds: [cy.id] }),
      await send(ana, { to: 'friends', userIds: [bo.id] }),
    ];
    expect(blocked.status).toBe(404);
    expect({ ...blocked.body, traceId: '' }).toEqual({ ...never.body, traceId: '' });
  });
});

describe('a reply', () => {
  const reply = ({ token }: Person, id: string) =>
    api.post(`notifications/${id}/replies`, { token, body: { text: 'Yes' } });
  const words = { senderName: 'Ana', text: 'Lunch?', companyName: 'Acme' };
  const message = async () => {
    const [{ id } = { id: '' }] = await insertNotifications(api.prisma, bo.id, 1, {
      code: 'MESSAGE',
      params: words,
      senderUserId: ana.id,
    });
    return id;
  };

  it('goes to the sender of the message', async () => {
    const id = await message();
    const answer = await reply(bo, id);
    const [event] = await api.events({ type: 'notifications.replied', actorId: bo.id });
    expect(answer).toMatchObject({ status: 202, body: { id: event?.id } });
    expect(event).toMatchObject({
      companyId: null,
      payload: { messageId: id, recipientId: ana.id, senderName: 'Bo', companyName: 'Acme', text: 'Yes' },
    });
  });

  it('is possible to messages that the caller has received and not deleted', async () => {
    const id = await message();
    expect(await reply(cy, id)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    await api.send('DELETE', `notifications/${id}`, { token: bo.token });
    expect(await reply(bo, id)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('is refused for other notifications, and for messages of a deleted sender', async () => {
    const [{ id: news } = { id: '' }] = await insertNotifications(api.prisma, bo.id, 1, { senderUserId: ana.id });
    expect(await reply(bo, news)).toMatchObject({ status: 409, body: { code: 'REPLY_NOT_POSSIBLE' } });
    const id = await message();
    await api.prisma.user.update({ where: { id: ana.id }, data: { deletedAt: new Date() } });
    expect(await reply(bo, id)).toMatchObject({ status: 409, body: { code: 'REPLY_NOT_POSSIBLE' } });
    expect(await api.events({ type: 'notifications.replied', actorId: bo.id })).toEqual([]);
  });
});
