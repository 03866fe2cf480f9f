import { RevocationList } from '@convene/auth/revocation-list';
import { companyRoom, type Room, userRoom } from '@convene/contracts/sockets/rooms';
import { newId } from '@convene/prisma/ids';
import { RateLimiter } from '@convene/rate-limits/rate-limiter';
import { Presence } from '@convene/realtime/presence';
import type { TestUser } from '@convene/testing/inbox-rows';
import { redisProgram } from '@convene/testing/private-redis';
import { RedisCluster } from '@convene/testing/redis-cluster';
import { GatewayHarness } from './test-support/gateway-harness';
import type { TestClient } from './test-support/test-client';

// Less than the harness's interval of comparison: what heals must have been noticed.
jest.setTimeout(20_000);

const channelOf = (room: Room) => `convene#/#${room}#`;

(redisProgram ? describe : describe.skip)('a cluster of Redis', () => {
  let cluster: RedisCluster;
  let harness: GatewayHarness;
  /** One whose room is on the first master, one on the second, one on the third. */
  let users: TestUser[];

  beforeAll(async () => {
    cluster = await RedisCluster.start();
    harness = await GatewayHarness.start({ redisUrl: cluster.urls, gateways: 2 });
    const ofMaster = new Map<string, TestUser>();
    while (ofMaster.size < 3) {
      const user = await harness.rows.user();
      ofMaster.set(await cluster.ownerOf(await slotOf(user)), user);
    }
    users = [...ofMaster.values()];
  });
  afterAll(async () => {
    await harness.stop();
    await cluster.stop();
  });

  const slotOf = ({ id }: TestUser) => cluster.slotOf(channelOf(userRoom(id)));

  /** Emits a frame until it arrives live: the subscription of the client's gateway works. */
  async function receivesLive(user: TestUser, client: TestClient): Promise<void> {
    const eventId = newId();
    const received = client.first('users.settled', (frame) => frame.eventId === eventId);
    const hello = () => harness.publisher.emit(userRoom(user.id), 'users.settled', { eventId });
    const again = setInterval(() => void hello(), 100);
    await received;
    clearInterval(again);
  }

  async function notify(user: TestUser): Promise<number> {
    const frame = { ...(await harness.rows.notification(user)), traceId: 'sent live' };
    await harness.publisher.emit(userRoom(user.id), 'notifications.created', frame);
    return frame.seq;
  }

  const lastTrace = (client: TestClient) => client.framesOf('notifications.created').at(-1)?.traceId;

  it('brings a frame from every master to the gateway with a member of the room, and to no other', async () => {
    const company = await harness.rows.company(...users);
    const clients = await Promise.all(users.map((user, index) => harness.live(user, { gateway: index % 2 })));
    for (const [index, user] of users.entries()) {
      const seq = await notify(user);
      await clients[index]!.upTo(seq);
      expect(lastTrace(clients[index]!)).toBe('sent live');
      expect(await cluster.listeners(channelOf(userRoom(user.id)))).toBe(1);
    }
    await harness.publisher.emit(companyRoom(company), 'companies.updated', {
      eventId: newId(),
      companyId: company,
      version: 3,
    });
    await Promise.all(clients.map((client) => client.received('companies.updated')));
    expect(await cluster.listeners(channelOf(companyRoom(company)))).toBe(2);
    clients.forEach((client) => client.close());
  });

  it('shows the presence of all users on every gateway, whichever master stores it', async () => {
    const [userId, until] = [newId(), Date.now() + 60_000];
    const companies = Array.from({ length: 30 }, newId);
    const [here, there] = harness.gateways.map((gateway) => gateway.get(Presence));
    await Promise.all(companies.map((id) => here!.write(id, 'one', [{ userId, state: 'AWAY', until }], 60_000)));
    for (const id of companies) expect(await there!.states(id)).toEqual(new Map([[userId, 'AWAY']]));
  });

  it('enforces limits and revocations, whichever master stores them', async () => {
    const keys = Array.from({ length: 30 }, newId);
    const limiters = harness.gateways.map((gateway) => gateway.get(RateLimiter));
    const budget = { name: 'cluster', points: 3, seconds: 60 };
    const verdicts = await Promise.all(
      keys.flatMap((key) => [0, 1, 0, 1, 0].map((gateway) => limiters[gateway]!.consume(budget, key))),
    );
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(3 * keys.length);

    const user = await harness.rows.user();
    const client = await harness.live(user);
    await harness.gateways[1]!.get(RevocationList).publish(user.sessionId, user.id);
    expect(await client.received('session.closing')).toMatchObject({ code: 'SESSION_REVOKED' });
  });

  it('delivers frames again after a slot has moved, without a gap', async () => {
    const [user] = users as [TestUser];
    const client = await harness.live(user);
    await cluster.move(await slotOf(user));
    const lost = await notify(user);
    await client.upTo(lost);
    await receivesLive(user, client);
    await client.upTo(await notify(user));
    expect(lastTrace(client)).toBe('sent live');
    client.close();
  });

  it('delivers frames again after a master has died, without a gap on any master', async () => {
    const clients = await Promise.all(users.map((user, index) => harness.live(user, { gateway: index % 2 })));
    const failedOver = cluster.failOver(await slotOf(users[1]!));
    for (const [index, user] of users.entries()) await clients[index]!.upTo(await notify(user));
    await failedOver;
    for (const [index, user] of users.entries()) {
      await receivesLive(user, clients[index]!);
      await clients[index]!.upTo(await notify(user));
      expect(lastTrace(clients[index]!)).toBe('sent live');
    }
    const connection = users[2]!;
    await harness.gateways[0]!.get(RevocationList).publish(connection.sessionId, connection.id);
    expect(await clients[2]!.received('session.closing')).toMatchObject({ code: 'SESSION_REVOKED' });
  });
});
