import { Redis } from 'ioredis';
import { MAX_WATCHED } from '@convene/contracts/sockets/client-events';
import { companyRoom, presenceRoom } from '@convene/contracts/sockets/rooms';
import { newId } from '@convene/prisma/ids';
import type { TestUser } from '@convene/testing/inbox-rows';
import { presenceWatchers } from '../metrics';
import { GatewayHarness } from '../test-support/gateway-harness';
import type { TestClient } from '../test-support/test-client';
import { statesReceived, untilState, watch } from '../test-support/watch-presence';

jest.setTimeout(30_000);

let harness: GatewayHarness;
let redis: Redis;
let [ana, bo, cy, dee]: TestUser[] = [];
let company: string;
/** Devices of Ana, one on each gateway, that watch the company. */
let watchers: TestClient[];

beforeAll(async () => {
  harness = await GatewayHarness.start({ gateways: 2 });
  redis = new Redis(harness.redisUrl);
});
afterAll(async () => {
  await harness.stop();
  redis.disconnect();
});
beforeEach(async () => {
  const people = [
    await harness.rows.user(),
    await harness.rows.user(),
    await harness.rows.user(),
    await harness.rows.user(),
  ];
  [ana, bo, cy, dee] = people;
  company = await harness.rows.company(...people);
  watchers = [await harness.live(ana!), await harness.live(ana!, { gateway: 1 })];
  for (const watcher of watchers) await watch(watcher, company);
});
afterEach(() => watchers.forEach((watcher) => watcher.close()));

const untilAllReceive = (...args: Parameters<typeof untilState> extends [unknown, ...infer Rest] ? Rest : never) =>
  Promise.all(watchers.map((watcher) => untilState(watcher, ...args)));
const receivedByAll = (user: TestUser) => watchers.map((watcher) => statesReceived(watcher, user));
const twice = <T>(value: T) => [value, value];

describe('several devices of a user', () => {
  it('are one user, who is online from the first connect to the last disconnect', async () => {
    const devices = [
      await harness.live(bo!),
      await harness.live(bo!, { gateway: 1 }),
      await harness.live(bo!, { gateway: 1 }),
    ];
    await untilAllReceive(bo!, 'ONLINE');
    expect(await watch(watchers[0]!, company)).toEqual({ [ana!.id]: 'ONLINE', [bo!.id]: 'ONLINE' });
    devices[0]!.close();
    devices[1]!.close();
    // Who comes and goes at the same time shows when the two would have been missed.
    (await harness.live(cy!)).close();
    await untilAllReceive(cy!, 'OFFLINE');
    expect(receivedByAll(bo!)).toEqual(twice(['ONLINE']));
    devices[2]!.close();
    await untilAllReceive(bo!, 'OFFLINE');
    expect(receivedByAll(bo!)).toEqual(twice(['ONLINE', 'OFFLINE']));
  });

  it('are as present as the most present of them, on whichever gateway', async () => {
    const [phone, laptop] = [await harness.live(bo!), await harness.live(bo!, { gateway: 1 })];
    await untilAllReceive(bo!, 'ONLINE');
    expect(await phone.ask('presence.update', { state: 'AWAY' })).toEqual({ ok: true });
    await laptop.ask('presence.update', { state: 'AWAY' });
    await untilAllReceive(bo!, 'AWAY');
    await phone.ask('presence.update', { state: 'ONLINE' });
    await untilAllReceive(bo!, 'ONLINE');
    expect(receivedByAll(bo!)).toEqual(twice(['ONLINE', 'AWAY', 'ONLINE']));
  });
});

describe('a page that is reloaded', () => {
  /** By when a frame has gone out that would have told of an absence, too. */
  const absent = async () => {
    const device = await harness.live(dee!);
    await untilAllReceive(dee!, 'ONLINE');
    return device;
  };

  it('changes no presence, on whichever gateway it reconnects', async () => {
    const [page, other] = [await harness.live(bo!), await harness.live(cy!)];
    await untilAllReceive(cy!, 'ONLINE');
    page.close();
    other.close();
    await absent();
    await harness.live(bo!, { gateway: 1 });
    await untilAllReceive(cy!, 'OFFLINE');
    expect(receivedByAll(bo!)).toEqual(twice(['ONLINE']));
  });

  it('does not let an idle device beside it show as away', async () => {
    const [phone, page, other] = [await harness.live(bo!), await harness.live(bo!), await harness.live(cy!)];
    await phone.ask('presence.update', { state: 'AWAY' });
    await untilAllReceive(cy!, 'ONLINE');
    page.close();
    other.close();
    const fourth = await absent();
    for (const device of [phone, fourth]) await device.ask('presence.update', { state: 'AWAY' });
    await untilAllReceive(dee!, 'AWAY');
    const again = await harness.live(bo!);
    await untilAllReceive(cy!, 'OFFLINE');
    expect(receivedByAll(bo!)).toEqual(twice(['ONLINE']));
    again.close();
    await untilAllReceive(bo!, 'AWAY');
  });
});

describe('watching a company', () => {
  it('is allowed to members only', async () => {
    const outsider = await harness.live(await harness.rows.user());
    await expect(watch(outsider, company)).rejects.toThrow('NOT_FOUND');
    await expect(watch(watchers[0]!, newId())).rejects.toThrow('NOT_FOUND');
  });

  it('can be requested before the session is open', async () => {
    const client = await harness.client(bo!);
    expect(await watch(client, company)).toMatchObject({ [ana!.id]: 'ONLINE' });
  });

  it(`is limited to ${MAX_WATCHED} companies at once`, async () => {
    const companies: string[] = [];
    for (let count = 0; count <= MAX_WATCHED; count += 1) companies.push(await harness.rows.company(bo!));
    const client = await harness.live(bo!);
    const answers = await Promise.allSettled(companies.map((id) => watch(client, id)));
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toEqual([expect.objectContaining({ reason: new Error('WATCH_LIMIT_REACHED') })]);
    await watch(client, companies[0]!); // again
    await client.ask('presence.unwatch', { companyId: companies[0] });
    await watch(client, companies[MAX_WATCHED]!);
    client.close();
  });

  it('ends on request, and then costs nothing', async () => {
    const heardBy = async () => {
      const channel = `convene#/#${presenceRoom(company)}#`;
      const [, count] = (await redis.call('PUBSUB', 'SHARDNUMSUB', channel)) as [string, number];
      return count;
    };
    const before = (await presenceWatchers.get()).values[0]?.value ?? 0;
    expect(await heardBy()).toBe(2);
    expect(await watchers[0]!.ask('presence.unwatch', { companyId: company })).toEqual({ ok: true });
    await harness.live(bo!);
    await untilState(watchers[1]!, bo!, 'ONLINE');
    await watchers[0]!.ask('inbox.ack', { seq: 0 });
    expect(statesReceived(watchers[0]!, bo!)).toEqual([]);
    watchers[1]!.close();
    while ((await heardBy()) > 0);
    expect((await presenceWatchers.get()).values[0]?.value).toBe(before - 2);
  });
});

describe('a removed member', () => {
  const remove = async (user: TestUser, others: TestClient) => {
    const version = await harness.rows.remove(company, user);
    const frame = { eventId: newId(), companyId: company, version, userId: user.id };
    await harness.publisher.emit(companyRoom(company), 'memberships.removed', frame);
    await others.received('memberships.removed');
  };

  it('is offline at once, without a grace period', async () => {
    const removed = await harness.live(bo!);
    await untilAllReceive(bo!, 'ONLINE');
    const started = performance.now();
    await remove(bo!, watchers[0]!);
    await untilAllReceive(bo!, 'OFFLINE');
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(removed.socket.connected).toBe(true);
    expect(Object.keys(await watch(watchers[1]!, company))).not.toContain(bo!.id);
  });

  it('receives no more presence, and cannot watch again', async () => {
    const removed = await harness.live(bo!);
    await watch(removed, company);
    await remove(bo!, watchers[0]!);
    await harness.live(cy!);
    await untilAllReceive(cy!, 'ONLINE');
    await removed.ask('inbox.ack', { seq: 0 });
    expect(statesReceived(removed, cy!)).toEqual([]);
    await expect(watch(removed, company)).rejects.toThrow('NOT_FOUND');
  });
});

it('a new member is visible to all, on every device', async () => {
  const eve = await harness.rows.user();
  await harness.live(eve);
  const version = await harness.rows.join(company, eve);
  const frame = { eventId: newId(), companyId: company, version, userId: eve.id };
  await harness.publisher.emit(companyRoom(company), 'memberships.joined', frame);
  await untilAllReceive(eve, 'ONLINE');
});
