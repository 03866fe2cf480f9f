import { Presence } from '@convene/realtime/presence';
import { RedisConnections } from '@convene/redis/redis-connections';
import { createTestRedis } from '@convene/testing/test-redis';
import { addMembers } from '../test-support/add-members';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { createUsers, type TestUser } from '../test-support/create-users';

let api: ApiHarness;
let ana: Person;
let companyId: string;
let others: TestUser[];
beforeAll(async () => {
  api = await ApiHarness.start({ REDIS_URL: (await createTestRedis()).url });
  ana = await api.person('Ana');
  companyId = await api.company(ana);
  others = await createUsers(api, 4);
  await addMembers(api, companyId, others.slice(0, 3), 'MEMBER');
  const { commands } = api.app.get(RedisConnections);
  if (commands.status !== 'ready') await new Promise<void>((resolve) => commands.once('ready', () => resolve()));
});
afterAll(() => api.stop());

const until = Date.now() + 60_000;
const word = ({ id: userId }: { id: string }, state: 'ONLINE' | 'AWAY', till = until) => ({
  userId,
  state,
  until: till,
});

it('presence is listed for members only, page by page in their order', async () => {
  const [bo, cy, dee, outsider] = others as [TestUser, TestUser, TestUser, TestUser];
  const presence = api.app.get(Presence, { strict: false });
  await presence.write(companyId, 'node-1', [word(bo, 'AWAY'), word(cy, 'AWAY'), word(dee, 'ONLINE', 1)], 60_000);
  await presence.write(companyId, 'node-2', [word(cy, 'ONLINE'), word(outsider, 'ONLINE')], 60_000);

  const seen: Record<string, unknown>[] = [];
  let cursor: string | undefined;
  do {
    const query = `limit=2${cursor ? `&cursor=${cursor}` : ''}`;
    const { status, body } = await api.get(`companies/${companyId}/presence?${query}`, { token: ana.token });
    expect(status).toBe(200);
    seen.push(...(body.data as Record<string, unknown>[]));
    cursor = body.nextCursor;
  } while (cursor);
  const members = (await api.get(`companies/${companyId}/members`, { token: ana.token })).body.data;
  expect(seen.map(({ userId }) => userId)).toEqual(members.map((member) => (member as { userId: string }).userId));
  const states = Object.fromEntries(seen.map(({ userId, state, online }) => [userId, { state, online }]));
  expect(states).toEqual({
    [ana.id]: { state: 'OFFLINE', online: false },
    [bo.id]: { state: 'AWAY', online: true },
    [cy.id]: { state: 'ONLINE', online: true },
    [dee.id]: { state: 'OFFLINE', online: false },
  });
});

it('presence is unavailable without Redis', async () => {
  api.app.get(RedisConnections).commands.disconnect();
  const { status, body } = await api.get(`companies/${companyId}/presence`, { token: ana.token });
  expect({ status, code: body.code }).toEqual({ status: 503, code: 'UNAVAILABLE' });
});
