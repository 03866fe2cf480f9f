import type { FriendshipView } from '@convene/contracts/http/friendships';
import { newId } from '@convene/prisma/ids';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { commitsOf, statementsOf } from '../test-support/database-work';

let api: ApiHarness;
let ana: Person;
let bo: Person;

beforeAll(async () => {
  api = await ApiHarness.start();
});
beforeEach(async () => {
  [ana, bo] = [await api.person('Ana'), await api.person('Bo')];
});
afterAll(() => api.stop());

const ask = ({ token }: Person, body: object) => api.post('friendships', { token, body });
const request = async (from: Person, to: Person) =>
  (await ask(from, { userId: to.id })).body.friendship as FriendshipView;
const act = ({ token }: Person, id: string, verb: string) => api.post(`friendships/${id}/${verb}`, { token });
const remove = ({ token }: Person, id: string) => api.send('DELETE', `friendships/${id}`, { token });
const list = async ({ token }: Person, state: string) =>
  (await api.get(`friendships?state=${state}`, { token })).body.data as FriendshipView[];
const friendshipEvents = async () => (await api.events({})).filter(({ type }) => type.startsWith('friendships.'));
const toldOf = async ({ id }: Person) =>
  (await friendshipEvents()).filter(({ actorId, payload }) => actorId === id || JSON.stringify(payload).includes(id));
const pauseOver = ({ id: requesterId }: Person, { id: addresseeId }: Person) =>
  api.prisma.friendshipPause.updateMany({ where: { requesterId, addresseeId }, data: { until: new Date() } });
const typesOf = async (person: Person) => (await toldOf(person)).map(({ type }) => type);

describe('a friend request', () => {
  it('is visible to both users, and makes them friends when it is accepted', async () => {
    const { id } = await request(ana, bo);
    expect(await list(ana, 'outgoing')).toMatchObject([{ id, direction: 'outgoing', person: { displayName: 'Bo' } }]);
    expect(await list(bo, 'incoming')).toMatchObject([{ id, direction: 'incoming', person: { displayName: 'Ana' } }]);
    expect(await act(bo, id, 'accept')).toMatchObject({ status: 200, body: { id, status: 'ACCEPTED' } });
    for (const one of [ana, bo]) expect(await list(one, 'accepted')).toMatchObject([{ id, status: 'ACCEPTED' }]);
    for (const one of [ana, bo]) expect(await list(one, 'incoming')).toEqual([]);
    expect(await toldOf(ana)).toMatchObject([
      {
        type: 'friendships.requested',
        actorId: ana.id,
        payload: { friendshipId: id, requesterName: 'Ana', addresseeId: bo.id },
      },
      {
        type: 'friendships.accepted',
        actorId: bo.id,
        payload: { friendshipId: id, requesterId: ana.id, addresseeName: 'Bo' },
      },
    ]);
  });

  it('that meets a request of the other user makes them friends at once', async () => {
    const { id } = await request(ana, bo);
    expect(await request(bo, ana)).toMatchObject({ id, status: 'ACCEPTED', direction: 'incoming' });
    expect(await typesOf(ana)).toEqual(['friendships.requested', 'friendships.accepted']);
  });

  it('is one, accepted once, when both users send a hundred at the same time', async () => {
    const sides = Array.from({ length: 100 }, (_, n) =>
      n % 2 ? ask(ana, { userId: bo.id }) : ask(bo, { userId: ana.id }),
    );
    const answers = await Promise.all(sides);
    const codes = answers.map(({ status, body }) => `${status} ${body.code ?? ''}`);
    expect(codes.filter((code) => code === '202 ')).toHaveLength(2);
    expect(codes.filter((code) => code === '409 FRIENDSHIP_EXISTS')).toHaveLength(98);
    expect(await list(ana, 'accepted')).toHaveLength(1);
    expect(await typesOf(ana)).toEqual(['friendships.requested', 'friendships.accepted']);
  }, 60_000);

  it('is answered once when a hundred answers arrive at the same time', async () => {
    const { id } = await request(ana, bo);
    const verbs = Array.from({ length: 100 }, (_, n) => act(bo, id, n % 2 ? 'accept' : 'reject'));
    const statuses = new Set((await Promise.all(verbs)).map(({ status }) => status));
    const [, ...answers] = await typesOf(ana);
    expect(answers).toHaveLength(1);
    expect(await list(ana, 'accepted')).toHaveLength(answers[0] === 'friendships.accepted' ? 1 : 0);
    expect(statuses.has(404)).toBe(true);
  }, 60_000);

  it('disappears when it is declined or withdrawn, and may be sent again', async () => {
    const first = await request(ana, bo);
    expect((await act(bo, first.id, 'reject')).status).toBe(204);
    await pauseOver(ana, bo);
    const second = await request(ana, bo);
    expect((await remove(bo, second.id)).status).toBe(404);
    expect((await remove(ana, second.id)).status).toBe(204);
    expect(await list(bo, 'incoming')).toEqual([]);
    expect(await typesOf(ana)).toEqual(
      ['requested', 'rejected', 'requested', 'removed'].map((type) => `friendships.${type}`),
    );
  });

  it('may be accepted twice with the same result, and one event', async () => {
    const { id } = await request(ana, bo);
    const [first, again] = [await act(bo, id, 'accept'), await act(bo, id, 'accept')];
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect((await act(ana, id, 'accept')).status).toBe(404);
    expect(await typesOf(ana)).toHaveLength(2);
  });

  it('is refused twice, to oneself, to a user who does not exist, and without a verified address', async () => {
    await request(ana, bo);
    const cy = await api.person('Cy', { verified: false });
    expect(await ask(ana, { userId: bo.id })).toMatchObject({ status: 409, body: { code: 'FRIENDSHIP_EXISTS' } });
    expect(await ask(ana, { userId: ana.id })).toMatchObject({ status: 422, body: { code: 'NOT_YOURSELF' } });
    expect(await ask(ana, { email: ana.email })).toMatchObject({ status: 422, body: { code: 'NOT_YOURSELF' } });
    expect(await ask(ana, { userId: newId() })).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await ask(cy, { userId: bo.id })).toMatchObject({ status: 403, body: { code: 'EMAIL_NOT_VERIFIED' } });
    expect(await ask(cy, { email: bo.email })).toMatchObject({ status: 403, body: { code: 'EMAIL_NOT_VERIFIED' } });
    expect(await ask(ana, {})).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
  });

  it('looks nonexistent to other users, whose calls leave it unchanged', async () => {
    const cy = await api.person('Cy');
    const { id } = await request(ana, bo);
    for (const verb of ['accept', 'reject', 'block']) {
      const [foreign, none] = [await act(cy, id, verb), await act(cy, newId(), verb)];
      expect(foreign).toMatchObject({ status: 404, body: { ...none.body, traceId: expect.any(String) as string } });
    }
    expect((await remove(cy, id)).status).toBe(404);
    expect(await list(bo, 'incoming')).toHaveLength(1);
  });
});

describe('a friend request after a declined one', () => {
  const decline = async () => act(bo, (await list(bo, 'incoming'))[0]!.id, 'reject');

  it('is withheld during the pause, which the requester cannot detect', async () => {
    const first = await ask(ana, { userId: bo.id });
    await decline();
    const second = await ask(ana, { userId: bo.id });
    const shape = (answer: typeof first) => {
      const { friendship } = answer.body as unknown as { friendship: FriendshipView };
      return { answered: answer.status, ...friendship, id: '', createdAt: '' };
    };
    expect(shape(second)).toEqual(shape(first));
    expect(await list(ana, 'outgoing')).toHaveLength(1);
    expect(await list(bo, 'incoming')).toEqual([]);
    expect((await toldOf(ana)).at(-1)).toMatchObject({ type: 'friendships.requested', payload: { withheld: true } });
  });

  it('is delivered after the pause, which grows with each decline', async () => {
    for (const days of [7, 14]) {
      await request(ana, bo);
      await decline();
      const { until } = await api.prisma.friendshipPause.findFirstOrThrow({ where: { requesterId: ana.id } });
      expect((until.getTime() - Date.now()) / 86_400_000).toBeCloseTo(days, 1);
      await pauseOver(ana, bo);
    }
    await request(ana, bo);
    expect(await list(bo, 'incoming')).toHaveLength(1);
  });

  it('is withheld alike when it is sent by address, and delivered after the pause', async () => {
    for (const _ of ['asked', 'declined']) {
      await ask(ana, { email: bo.email });
      if ((await list(bo, 'incoming')).length > 0) await decline();
    }
    expect(await list(bo, 'incoming')).toEqual([]);
    await ask(ana, { email: bo.email });
    expect(await list(bo, 'incoming')).toEqual([]);
    await pauseOver(ana, bo);
    expect(await ask(ana, { email: bo.email })).toMatchObject({ status: 202, body: { friendship: null } });
    expect(await list(bo, 'incoming')).toHaveLength(1);
    expect(await list(ana, 'outgoing')).toEqual([]);
  });

  it('leads to friendship when the other user sends one, and friends start without a pause', async () => {
    await request(ana, bo);
    await decline();
    await request(ana, bo);
    expect(await request(bo, ana)).toMatchObject({ status: 'ACCEPTED' });
    expect(await api.prisma.friendshipPause.count({ where: { requesterId: ana.id } })).toBe(0);
  });

  it('is limited for the requester, not for the user who declined', async () => {
    await request(ana, bo);
    await decline();
    await request(bo, ana);
    expect(await list(ana, 'incoming')).toHaveLength(1);
  });
});

it('a friend request that is sent and withdrawn repeatedly is announced three times', async () => {
  for (let round = 1; round <= 4; round++) {
    const { id } = await request(ana, bo);
    expect(await list(bo, 'incoming')).toHaveLength(round <= 3 ? 1 : 0);
    expect((await remove(ana, id)).status).toBe(204);
  }
});

describe('a friend request by address', () => {
  it('takes the same statements and one event, whether or not the address has an account', async () => {
    const [cy, di] = [await api.person('Cy', { verified: false }), await api.person('Di')];
    await act(di, (await request(ana, di)).id, 'accept');
    const work = async (email: string) => {
      const before = await api.prisma.domainEvent.count();
      const statements = await statementsOf(() => ask(ana, { email }));
      return { statements, events: (await api.prisma.domainEvent.count()) - before };
    };
    const nobody = await work('nobody@example.com');
    expect(nobody.events).toBe(1);
    expect(commitsOf(nobody.statements)).toBe(1);
    // A new address, the same again, an unverified account, a friend.
    for (const email of [bo.email, bo.email, cy.email, di.email]) expect(await work(email)).toEqual(nobody);
  });

  it('is delivered to the account that has verified the address', async () => {
    expect(await ask(ana, { email: bo.email.toUpperCase() })).toMatchObject({
      status: 202,
      body: { friendship: null },
    });
    expect(await list(bo, 'incoming')).toMatchObject([{ person: { id: ana.id } }]);
  });

  it('reveals nothing to the requester until it is accepted, also when they then send one by id', async () => {
    const cy = await api.person('Cy');
    await ask(ana, { email: bo.email });
    await ask(ana, { email: cy.email });
    expect(await list(ana, 'outgoing')).toEqual([]);
    const id = (await list(bo, 'incoming'))[0]!.id;
    expect((await remove(ana, id)).status).toBe(404);
    expect((await toldOf(ana)).at(-1)?.payload).toMatchObject({ byAddress: true });

    await act(cy, (await list(cy, 'incoming'))[0]!.id, 'reject');
    expect((await toldOf(cy)).at(-1)?.payload).toMatchObject({ withheld: true });

    expect(await ask(ana, { userId: bo.id })).toMatchObject({ status: 202, body: { friendship: { id } } });
    expect(await list(ana, 'outgoing')).toMatchObject([{ id }]);
    await act(bo, id, 'accept');
    expect(await list(ana, 'accepted')).toMatchObject([{ person: { id: bo.id } }]);
  });

  it('is answered alike for no account, an unverified account, a friend, and a blocked user', async () => {
    const [cy, di] = [await api.person('Cy', { verified: false }), await api.person('Di')];
    await act(ana, (await request(di, ana)).id, 'block');
    await act(bo, (await request(ana, bo)).id, 'accept');
    const before = (await friendshipEvents()).length;
    const answers = [];
    for (const email of ['nobody@example.com', cy.email, bo.email, di.email]) answers.push(await ask(ana, { email }));
    expect(answers.map(({ status, body }) => [status, body])).toEqual(answers.map(() => [202, { friendship: null }]));
    expect(await friendshipEvents()).toHaveLength(before);
    expect(await list(cy, 'incoming')).toEqual([]);
  });
});

describe('a friendship', () => {
  it('can be ended by either user', async () => {
    const { id } = await request(ana, bo);
    await act(bo, id, 'accept');
    expect((await remove(ana, id)).status).toBe(204);
    for (const one of [ana, bo]) expect(await list(one, 'accepted')).toEqual([]);
    expect((await toldOf(bo)).at(-1)).toMatchObject({
      type: 'friendships.removed',
      payload: { friendshipId: id, userId: bo.id },
    });
    expect((await remove(bo, id)).status).toBe(404);
  });

  it('is listed to both users, newest first, page by page', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      const other = await api.person(`P${n}`);
      const { id } = n % 2 ? await request(ana, other) : await request(other, ana);
      await act(n % 2 ? other : ana, id, 'accept');
      ids.unshift(id);
    }
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await api.get(`friendships?limit=2${cursor && `&cursor=${cursor}`}`, { token: ana.token });
      seen.push(...(body.data as FriendshipView[]).map(({ id }) => id));
      cursor = body.nextCursor;
    } while (cursor);
    expect(seen).toEqual(ids);
    expect((await api.get('friendships?cursor=bm8', { token: ana.token })).body.code).toBe('CURSOR_INVALID');
  });
});
