import { newId } from '@convene/prisma/ids';
import { FrameBus } from '@convene/realtime/frame-bus';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { Api, type Person } from '../spec/api';

let database: TestDatabase;
let api: Api;
let bo: Person;
const frames: { room: string; event: string; frame: object }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  api = await Api.start(database.url);
  jest.spyOn(api.app.get(FrameBus), 'emit').mockImplementation(async (room, event, frame) => {
    frames.push({ room, event, frame });
  });
});
beforeEach(async () => {
  bo = await api.person('Bo');
  frames.length = 0;
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

/** Rows and counter, as a reaction commits them. @returns ids, oldest first. */
async function notify(person: Person, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  const rows = ids.map((eventId, n) => ({
    ...{ eventId, recipientUserId: person.id, seq: BigInt(n + 1), code: 'INVITE_RECEIVED' },
    params: { inviteId: eventId, companyName: 'Acme', inviterName: 'Ana' },
  }));
  await api.prisma.notification.createMany({ data: rows });
  const counter = { userId: person.id, lastSeq: BigInt(count), unreadCount: count, version: 1n };
  await api.prisma.inboxCounter.create({ data: counter });
  return ids;
}

const list = (query = '') => api.get(`notifications${query}`, { token: bo.token });
const unread = async () => (await api.get('notifications/unread', { token: bo.token })).body;
const mark = (id: string | undefined, read: boolean, { token } = bo) =>
  api.send('PATCH', `notifications/${id ?? ''}`, { token, body: { read } });
const rowsUnread = () => api.prisma.notification.count({ where: { recipientUserId: bo.id, readAt: null } });

describe('the list', () => {
  it('is newest first, page by page, and whole', async () => {
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

  it('shows what was read and what was not', async () => {
    const [one, two] = await notify(bo, 2);
    await mark(one, true);
    expect((await list('?state=unread')).body.data).toMatchObject([{ id: two, readAt: null, seq: 2 }]);
    expect((await list('?state=read')).body.data).toMatchObject([{ id: one, readAt: expect.any(String) as string }]);
    expect(await list('?state=lost')).toMatchObject({ status: 422, body: { errors: [{ field: 'state' }] } });
    expect(await list('?limit=1000')).toMatchObject({ status: 422, body: { errors: [{ field: 'limit' }] } });
  });

  it('holds one’s own only: another’s answers like none', async () => {
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
  it('is zero before anything happened', async () => {
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

describe('reading', () => {
  it('tells the person’s other devices, once per change', async () => {
    const [id] = await notify(bo, 2);
    expect(await mark(id, true)).toMatchObject({ status: 200, body: { id, readAt: expect.any(String) as string } });
    await mark(id, true);
    await mark(id, false);
    await api.post('notifications/read-all', { token: bo.token });
    const room = `user:${bo.id}`;
    const event = 'notifications.updated';
    expect(frames).toEqual([
      { room, event, frame: { id, readAt: expect.any(String) as string, unread: { count: 1, version: 2 } } },
      { room, event, frame: { id, readAt: null, unread: { count: 2, version: 3 } } },
      { room, event, frame: { unread: { count: 0, version: 4 } } },
    ]);
  });

  it('counts one change of twenty simultaneous ones', async () => {
    const [id] = await notify(bo, 3);
    await Promise.all(Array.from({ length: 20 }, () => mark(id, true)));
    expect(await unread()).toEqual({ count: 2, version: 2 });
    expect(frames).toHaveLength(1);
  });

  it('keeps the count equal to the rows while everything happens at once', async () => {
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
