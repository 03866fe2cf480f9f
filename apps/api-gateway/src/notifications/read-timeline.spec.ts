import { newId } from '@convene/prisma/ids';
import { insertNotifications } from '@convene/testing/insert-notifications';
import { ApiHarness, type Person } from '../test-support/api-harness';

let api: ApiHarness;
let bo: Person;
let id: string;

beforeAll(async () => {
  api = await ApiHarness.start();
});
beforeEach(async () => {
  bo = await api.person('Bo');
  [{ id } = { id: '' }] = await insertNotifications(api.prisma, bo.id, 1);
});
afterAll(() => api.stop());

const timeline = (person = bo) => api.get(`notifications/${id}/timeline`, { token: person.token });
const steps = async () => (await timeline()).body.steps as { step: string; at: string | null }[];
const after = (ms: number) => new Date(Date.now() + ms);
const note = (step: string, more: object) =>
  api.prisma.notificationStep.create({ data: { id: newId(), eventId: id, recipientUserId: bo.id, step, ...more } });

it('a timeline begins with the row, its reason, and the queuing of its frames', async () => {
  await api.prisma.processedReaction.create({
    data: { eventId: id, reaction: 'a-reaction', state: 'done', createdAt: after(-60_000) },
  });
  const { status, body } = await timeline();
  expect(status).toBe(200);
  expect(body.notification).toMatchObject({ id, seq: 1 });
  expect(body.steps).toEqual([
    { step: 'created', at: expect.any(String) as string, channel: null },
    { step: 'preference', at: expect.any(String) as string, channel: 'SOCKET', reason: 'enabled' },
    { step: 'queued', at: expect.any(String) as string, channel: 'SOCKET' },
  ]);
});

it('a timeline lists all steps of a notification, oldest first, with reasons', async () => {
  await note('withheld', { channel: 'EMAIL', reason: 'muted', at: after(4_000) });
  await note('pushed', { channel: 'WEB_PUSH', at: after(3_000) });
  await note('sent', { channel: 'SOCKET', sockets: 2, at: after(1_000) });
  await note('unheard of', { at: after(1_000) });
  await api.prisma.session.updateMany({ where: { userId: bo.id }, data: { ackedSeq: 1n } });
  await api.prisma.notification.updateMany({ where: { eventId: id }, data: { readAt: after(2_000), silent: true } });
  const all = await steps();
  expect(all.map(({ step }) => step)).toEqual([
    'created',
    'preference',
    'sent',
    'acknowledged',
    'read',
    'pushed',
    'withheld',
  ]);
  expect(all).toMatchObject([
    {},
    { reason: 'quiet_hours' },
    { channel: 'SOCKET', sockets: 2 },
    { at: null },
    { channel: null },
    { channel: 'WEB_PUSH' },
    { channel: 'EMAIL', reason: 'muted' },
  ]);
});

it('a timeline does not count an older acknowledgement as one of this notification', async () => {
  [{ id } = { id: '' }] = await insertNotifications(api.prisma, bo.id, 1);
  await api.prisma.session.updateMany({ where: { userId: bo.id }, data: { ackedSeq: 1n } });
  expect((await steps()).map(({ step }) => step)).not.toContain('acknowledged');
});

it('a timeline is visible to its recipient only', async () => {
  await note('sent', { sockets: 1 });
  expect(await timeline(await api.person('Cy'))).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  await api.send('DELETE', `notifications/${id}`, { token: bo.token });
  expect((await timeline()).status).toBe(404);
});
