import { randomUUID } from 'node:crypto';
import { RedisConnections } from '@convene/redis/redis-connections';
import { createTestRedis } from '@convene/testing/test-redis';
import { Presence, type PresenceUpdate } from './presence';

let connections: RedisConnections;
let presence: Presence;
beforeAll(async () => {
  connections = new RedisConnections((await createTestRedis()).url);
  await new Promise<void>((resolve) => connections.commands.once('ready', () => resolve()));
  presence = new Presence(connections);
});
afterAll(() => connections.onApplicationShutdown());

let company: string;
beforeEach(() => {
  company = randomUUID();
});

const now = 1_800_000_000_123;
const write = (node: string, ...words: PresenceUpdate[]) => presence.write(company, node, words, 60_000);
const online = (userId: string, until: number): PresenceUpdate => ({ userId, state: 'ONLINE', until });
const away = (userId: string, until: number): PresenceUpdate => ({ userId, state: 'AWAY', until });
const states = async (at: number) => Object.fromEntries(await presence.states(company, at));

it('stored presence holds the state of each user to the millisecond, and expires without renewal', async () => {
  await write('node-1', online('ana', now + 10), away('bo', now + 20));
  expect(await states(now + 10)).toEqual({ ana: 'ONLINE', bo: 'AWAY' });
  expect(await states(now + 11)).toEqual({ bo: 'AWAY' });
  expect(await states(now + 21)).toEqual({});
});

it('stored presence returns the most present state over all gateways', async () => {
  await write('node-1', away('ana', now + 20));
  await write('node-2', online('ana', now + 10));
  await write('node-3', away('ana', now + 10));
  expect(await states(now)).toEqual({ ana: 'ONLINE' });
  expect(await states(now + 15)).toEqual({ ana: 'AWAY' });
});

it('stored presence replaces the earlier entry of a gateway', async () => {
  await write('node-1', online('ana', now + 30));
  await write('node-1', away('ana', now + 5));
  expect(await presence.read(company, now)).toEqual([{ userId: 'ana', node: 'node-1', state: 'AWAY', until: now + 5 }]);
  await write('node-1', online('ana', now + 40));
  expect(await states(now + 6)).toEqual({ ana: 'ONLINE' });
});

it('stored presence is separate per company, and expires with it', async () => {
  await write('node-1', online('ana', now + 30));
  expect([...(await presence.states(randomUUID(), now))]).toEqual([]);
  const left = await connections.commands.pttl(`convene:presence:{${company}}`);
  expect(left).toBeGreaterThan(50_000);
  expect(left).toBeLessThanOrEqual(60_000);
});

it('stored presence trims exactly the expired entries', async () => {
  await write('node-1', online('ana', now - 1), away('bo', now - 1), online('cy', now));
  await presence.trim(company, now);
  expect((await presence.read(company, 0)).map(({ userId }) => userId)).toEqual(['cy']);
});
