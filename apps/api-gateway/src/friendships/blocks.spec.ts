import type { FriendshipView } from '@convene/contracts/http/friendships';
import { ApiHarness, type Person } from '../test-support/api-harness';

let api: ApiHarness;
let ana: Person;
let troll: Person;

beforeAll(async () => {
  api = await ApiHarness.start();
});
beforeEach(async () => {
  [ana, troll] = [await api.person('Ana'), await api.person('Troll')];
});
afterAll(() => api.stop());

const ask = ({ token }: Person, { id: userId }: Person) => api.post('friendships', { token, body: { userId } });
const request = async (from: Person, to: Person) => (await ask(from, to)).body.friendship as FriendshipView;
const act = ({ token }: Person, id: string, verb: string) => api.post(`friendships/${id}/${verb}`, { token });
const unblock = ({ token }: Person, id: string) => api.send('DELETE', `friendships/${id}/block`, { token });
const remove = ({ token }: Person, id: string) => api.send('DELETE', `friendships/${id}`, { token });
const list = async ({ token }: Person, state: string) =>
  (await api.get(`friendships?state=${state}`, { token })).body.data as FriendshipView[];
const events = async ({ id: actorId }: Person) =>
  (await api.events({ actorId })).filter(({ type }) => type.startsWith('friendships.'));

async function block(): Promise<string> {
  const { id } = await request(troll, ana);
  await act(ana, id, 'block');
  return id;
}

describe('a block', () => {
  it('ends a pending request, which looks declined to the other user', async () => {
    const { id } = await request(troll, ana);
    expect(await act(ana, id, 'block')).toMatchObject({
      status: 200,
      body: { id, status: 'BLOCKED', person: { id: troll.id, displayName: 'Troll' } },
    });
    expect(await list(ana, 'blocked')).toMatchObject([{ id, status: 'BLOCKED' }]);
    for (const state of ['outgoing', 'accepted', 'blocked']) expect(await list(troll, state)).toEqual([]);
    expect(await events(ana)).toMatchObject([
      { type: 'friendships.rejected', payload: { friendshipId: id, requesterId: troll.id } },
      { type: 'friendships.blocked', payload: { blockedId: troll.id } },
    ]);
  });

  it('ends a friendship, which looks removed to the other user', async () => {
    const { id } = await request(troll, ana);
    await act(ana, id, 'accept');
    await act(ana, id, 'block');
    for (const one of [ana, troll]) expect(await list(one, 'accepted')).toEqual([]);
    expect((await events(ana)).map(({ type }) => type)).toEqual(
      ['accepted', 'removed', 'blocked'].map((type) => `friendships.${type}`),
    );
  });

  it('can also be made by the user who sent the request', async () => {
    const { id } = await request(ana, troll);
    expect((await act(ana, id, 'block')).status).toBe(200);
    expect(await list(troll, 'incoming')).toEqual([]);
  });

  it('is lifted by its id, by the blocker only, once', async () => {
    const id = await block();
    expect((await unblock(troll, id)).status).toBe(404);
    expect((await unblock(ana, id)).status).toBe(204);
    expect((await unblock(ana, id)).status).toBe(404);
    expect(await list(ana, 'blocked')).toEqual([]);
    expect((await ask(ana, troll)).status).toBe(202);
  });

  it('keeps the blocker from sending a request until it is lifted', async () => {
    await block();
    expect(await ask(ana, troll)).toMatchObject({ status: 409, body: { code: 'BLOCKED_BY_YOU' } });
    await ask(troll, ana);
    expect(await ask(ana, troll)).toMatchObject({ status: 409, body: { code: 'BLOCKED_BY_YOU' } });
    expect(await list(troll, 'outgoing')).toHaveLength(1);
  });
});

describe('a blocked user', () => {
  /** Everything that a user can do and see about another, without ids and times. */
  async function experience(of: Person, to: Person): Promise<string> {
    const seen: unknown[] = [];
    const note = ({ status, body }: { status: number; body: object }) => seen.push(status, body);
    note(await ask(of, to));
    note(await ask(of, to));
    const [outgoing] = await list(of, 'outgoing');
    seen.push(outgoing);
    for (const state of ['accepted', 'incoming', 'blocked']) seen.push(await list(of, state));
    note(await act(of, outgoing?.id ?? '', 'accept'));
    note(await remove(of, outgoing?.id ?? ''));
    seen.push(await list(of, 'outgoing'));
    note(await api.post('friendships', { token: of.token, body: { email: to.email } }));
    return JSON.stringify(seen)
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}/g, 'id')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time');
  }

  it('gets the same answers as a user who is not blocked', async () => {
    await block();
    expect(await experience(troll, ana)).toBe(await experience(await api.person('Stranger'), ana));
  });

  it('is neither shown nor announced to the blocker, who cannot answer their requests', async () => {
    await block();
    const { id } = await request(troll, ana);
    for (const state of ['incoming', 'accepted']) expect(await list(ana, state)).toEqual([]);
    for (const verb of ['accept', 'reject', 'block']) expect((await act(ana, id, verb)).status).toBe(404);
    expect((await remove(ana, id)).status).toBe(404);
    expect((await events(troll)).at(-1)).toMatchObject({ type: 'friendships.requested', payload: { withheld: true } });
    await remove(troll, id);
    expect((await events(troll)).at(-1)).toMatchObject({ type: 'friendships.removed', payload: { withheld: true } });
  });

  it('stays unannounced after the block is lifted, until one of the two sends a new request', async () => {
    const blockId = await block();
    const { id } = await request(troll, ana);
    await unblock(ana, blockId);
    expect(await list(ana, 'incoming')).toEqual([]);
    expect(await list(troll, 'outgoing')).toMatchObject([{ id }]);
    expect(await request(ana, troll)).toMatchObject({ id, status: 'ACCEPTED' });
    for (const one of [ana, troll]) expect(await list(one, 'accepted')).toMatchObject([{ id }]);
  });

  it('can block the blocker, through the request that the blocker never saw', async () => {
    await block();
    const { id } = await request(troll, ana);
    expect((await act(troll, id, 'block')).status).toBe(200);
    expect(await list(ana, 'blocked')).toHaveLength(1);
    expect((await events(troll)).at(-2)).toMatchObject({ type: 'friendships.removed', payload: { withheld: true } });
  });
});

it('a block that races with requests of the blocked user leaves none visible to the blocker', async () => {
  for (let round = 0; round < 10; round++) {
    const [ana, troll] = [await api.person('Ana'), await api.person('Troll')];
    const { id } = await request(troll, ana);
    const requests = Array.from({ length: 12 }, () => ask(troll, ana));
    await Promise.all([...requests.slice(0, 6), act(ana, id, 'block'), ...requests.slice(6)]);
    expect(await list(ana, 'blocked')).toHaveLength(1);
    expect(await list(ana, 'incoming')).toEqual([]);
    const pair = { requesterId: troll.id, addresseeId: ana.id, withheld: false };
    expect(await api.prisma.friendship.count({ where: pair })).toBe(0);
  }
}, 60_000);
