import { newId } from '@convene/prisma/ids';
import { FramePublisher } from '@convene/realtime/frames';
import { insertNotifications } from '@convene/testing/insert-notifications';
import { ApiHarness, type Person } from '../test-support/api-harness';

let api: ApiHarness;
let bo: Person;
const frames: { room: string; event: string; frame: object }[] = [];

beforeAll(async () => {
  api = await ApiHarness.start();
  jest.spyOn(api.app.get(FramePublisher), 'emit').mockImplementation(async (room, event, frame) => {
    frames.push({ room, event, frame });
  });
});
beforeEach(async () => {
  bo = await api.person('Bo');
  frames.length = 0;
});
afterAll(() => api.stop());

const notify = async ({ id }: Person, count: number) =>
  (await insertNotifications(api.prisma, id, count)).map((frame) => frame.id);
const list = (query = '') => api.get(`notifications${query}`, { token: bo.token });
const unread = async () => (await api.get('notifications/unread', { token: bo.token })).body;
const mark = (id: string | undefined, read: boolean, { token } = bo) =>
  api.send('PATCH', `notifications/${id ?? ''}`, { token, body: { read } });
const rowsUnread = () => api.prisma.notification.count({ where: { recipientUserId: bo.id, readAt: null } });

describe('the list of notifications', () => {
  it('is complete, newest first, page by page', async () => {
    const ids = await notify(bo, 5);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await list(`?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...(body.data as { id: string }[]).map(({ id }) => id));
      cursor = body.nextCursor;
    } while (cursor);
    expect(seen).toEqual([...ids].reverse());
  });

  it('shows which notifications are read', async () => {
    const [one, two] = await notify(bo, 2);
    await mark(one, true);
    expect((await list('?state=unread')).body.data).toMatchObject([{ id: two, readAt: null, seq: 2 }]);
    expect((await list('?state=read')).body.data).toMatchObject([{ id: one, readAt: expect.any(String) as string }]);
    expect(await list('?state=lost')).toMatchObject({ status: 422, body: { errors: [{ field: 'state' }] } });
    expect(await list('?limit=1000')).toMatchObject({ status: 422, body: { errors: [{ field: 'limit' }] } });
  });

  it('holds the caller’s only, and those of others look nonexistent', async () => {
    const [mine] = await notify(bo, 1);
    const cy = await api.person('Cy');
    const [foreign, none] = await Promise.all(
      [mine, newId()].map((id) => api.get(`notifications/${id ?? ''}`, { token: cy.token })),
    );
    expect(foreign?.status).toBe(404);
    expect({ ...foreign?.body, traceId: '' }).toEqual({ ...none?.body, traceId: '' });
    expect(await mark(mine, true, cy)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await unread()).toEqual({ count: 1, version: 1 });
  });
});

describe('the unread count', () => {
  it('is zero without notifications', async () => {
    expect(await unread()).toEqual({ count: 0, version: 0 });
    const answer = await api.post('notifications/read-all', { token: bo.token });
    expect(answer).toMatchObject({ status: 200, body: { changed: 0, unread: { count: 0, version: 0 } } });
  });

  it('answers 304 until something changes', async () => {
    const [id] = await notify(bo, 1);
    const first = await api.get('notifications/unread', { token: bo.token });
    const headers = { 'if-none-match': first.headers.etag as string };
    expect((await api.get('notifications/unread', { token: bo.token, headers })).status).toBe(304);
    await mark(id, true);
    expect(await api.get('notifications/unread', { token: bo.token, headers })).toMatchObject({
      status: 200,
      body: { count: 0, version: 2 },
    });
  });
});

describe('reading a notification', () => {
  it('sends a frame to the user’s other devices, once per change', async () => {
    const [id] = await notify(bo, 2);
    expect(await mark(id, true)).toMatchObject({ status: 200, body: { id, readAt: expect.any(String) as string } });
    await mark(id, true);
    await mark(id, false);
    await api.post('notifications/read-all', { token: bo.token });
    const room = `user:${bo.id}`;
    const event = 'notifications.updated';
    const state = { id, archivedAt: null, snoozedUntil: null, deleted: false };
    expect(frames).toEqual([
      { room, event, frame: { ...state, readAt: expect.any(String) as string, unread: { count: 1, version: 2 } } },
      { room, event, frame: { ...state, readAt: null, unread: { count: 2, version: 3 } } },
      { room, event, frame: { unread: { count: 0, version: 4 } } },
    ]);
  });

  it('counts once in twenty simultaneous requests', async () => {
    const [id] = await notify(bo, 3);
    await Promise.all(Array.from({ length: 20 }, () => mark(id, true)));
    expect(await unread()).toEqual({ count: 2, version: 2 });
    expect(frames).toHaveLength(1);
  });

  it('keeps the count equal to the rows under concurrent changes', async () => {
    const ids = await notify(bo, 10);
    const all = () => api.post('notifications/read-all', { token: bo.token });
    await Promise.all([
      ...ids.flatMap((id) => [mark(id, true), mark(id, false), mark(id, true)]),
      ...Array.from({ length: 5 }, all),
      ...ids.map((id) => mark(id, false)),
    ]);
    const { count, version } = await unread();
    expect(count).toBe(await rowsUnread());
    const versions = frames.map(({ frame }) => (frame as { unread: { version: number } }).unread.version);
    expect(new Set(versions).size).toBe(versions.length);
    expect(Math.max(...versions)).toBe(version);
  });
});

describe('an archived, snoozed or deleted notification', () => {
  const update = (id: string | undefined, body: object) =>
    api.send('PATCH', `notifications/${id ?? ''}`, { token: bo.token, body });
  const idsOf = async (query: string) => ((await list(query)).body.data as { id: string }[]).map(({ id }) => id);
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

  it('is in the list of its state only', async () => {
    const [unreadId, readId, archivedId, snoozedId, deletedId] = await notify(bo, 5);
    await update(readId, { read: true });
    await update(archivedId, { archived: true });
    await update(snoozedId, { snoozedUntil: inAnHour() });
    const path = `notifications/${deletedId ?? ''}`;
    expect((await api.send('DELETE', path, { token: bo.token })).status).toBe(204);
    expect(await idsOf('')).toEqual([readId, unreadId]);
    expect(await idsOf('?state=unread')).toEqual([unreadId]);
    expect(await idsOf('?state=read')).toEqual([readId]);
    expect(await idsOf('?state=archived')).toEqual([archivedId]);
    expect(await idsOf('?state=snoozed')).toEqual([snoozedId]);
    for (const method of ['GET', 'DELETE', 'PATCH'] as const) {
      const sent = { token: bo.token, ...(method === 'PATCH' && { body: { read: true } }) };
      expect((await api.send(method, path, sent)).status).toBe(404);
    }
    expect(await unread()).toEqual({ count: 1, version: 5 });
  });

  it('sends the other devices the current state', async () => {
    const [id] = await notify(bo, 1);
    const snoozedUntil = inAnHour();
    await update(id, { snoozedUntil });
    await update(id, {});
    await api.send('DELETE', `notifications/${id ?? ''}`, { token: bo.token });
    const state = { id, readAt: null, archivedAt: null };
    expect(frames.map(({ frame }) => frame)).toEqual([
      { ...state, snoozedUntil, deleted: false, unread: { count: 0, version: 2 } },
      { ...state, snoozedUntil: null, deleted: true, unread: { count: 0, version: 3 } },
    ]);
  });

  it.each([
    ['the past', -1],
    ['two years from now', 2 * 365 * 86_400_000],
  ])('cannot be snoozed until %s', async (_, ms) => {
    const [id] = await notify(bo, 1);
    const answer = await update(id, { read: true, snoozedUntil: new Date(Date.now() + ms).toISOString() });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED', errors: [{ field: 'snoozedUntil' }] },
    });
    expect(await unread()).toEqual({ count: 1, version: 1 });
  });
});
