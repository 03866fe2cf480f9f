import type { Command } from 'ioredis';
import type { Socket } from 'socket.io';
import { newId } from '@convene/prisma/ids';
import { Presence } from '@convene/realtime/presence';
import { RedisConnections } from '@convene/redis/redis-connections';
import { Connection } from '../connections/connection';
import { ConnectionRegistry } from '../connections/connection-registry';
import { ConnectionTraffic } from '../connections/connection-traffic';
import { CompanyRooms } from '../rooms/company-rooms';
import { GatewayHarness } from '../test-support/gateway-harness';
import type { TestClient } from '../test-support/test-client';
import { watch } from '../test-support/watch-presence';
import { MAX_PER_FRAME } from './company-watch';
import { LocalPresence } from './local-presence';
import { PresenceRenewal } from './presence-renewal';

jest.setTimeout(120_000);

/** All connected to one gateway: the worst case for it. */
const PEOPLE = 10_000;
const WATCHERS = 3;

let harness: GatewayHarness;
let company: string;
let watchers: TestClient[];
let commands: Record<string, number>;

beforeAll(async () => {
  // Nothing runs by itself: rounds are asked for and counted.
  const env = { PRESENCE_LEASE_MS: '600000' };
  harness = await GatewayHarness.start({ gateways: 2, env });
  const owner = await harness.rows.user();
  company = await harness.rows.company(owner);
  watchers = [];
  for (let count = 0; count < WATCHERS; count += 1) watchers.push(await harness.live(owner, { gateway: 1 }));
  for (const watcher of watchers) await watch(watcher, company);
  // What their own arrival costs is not a part of what is counted.
  while ((await harness.gateways[0]!.get(Presence).read(company)).length === 0);
  commands = {};
  for (const gateway of harness.gateways) count(gateway.get(RedisConnections));
});
afterAll(() => harness.stop());

/** Counts what is sent to Redis from now on, by name. */
function count({ commands: client }: RedisConnections): void {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command: Command, ...rest: unknown[]) => {
    commands[command.name] = (commands[command.name] ?? 0) + 1;
    return (send as (...args: unknown[]) => unknown)(command, ...rest);
  };
}

const batchSizes = (client: TestClient) =>
  client.framesOf('presence.changed').map(({ people }) => (people as unknown[]).length);

/** As sockets of 10,000 people would, without 10,000 sockets in this process. */
function arrive(userId: string): void {
  const identity = { userId, sessionId: newId(), expiresAt: new Date(Date.now() + 3_600_000) };
  const socket = { connected: false, rooms: new Set(), leave: () => undefined } as unknown as Socket;
  const gateway = harness.gateways[0]!;
  const user = gateway
    .get(ConnectionRegistry)
    .add(new Connection(socket, identity, {}, gateway.get(ConnectionTraffic)));
  gateway.get(LocalPresence).connected(user);
  gateway.get(CompanyRooms).join(user, company, 1);
}

it(`the arrival of ${PEOPLE} users costs a watcher one frame per ${MAX_PER_FRAME} users, and Redis one command`, async () => {
  for (let index = 0; index < PEOPLE; index += 1) arrive(newId());
  const usersReceived = () => batchSizes(watchers[0]!).reduce((sum, people) => sum + people, 0);
  while (usersReceived() < PEOPLE) await watchers[0]!.received('presence.changed', batchSizes(watchers[0]!).length + 1);
  for (const watcher of watchers) {
    const frames = batchSizes(watcher);
    expect(Math.max(...frames)).toBeLessThanOrEqual(MAX_PER_FRAME);
    expect(frames.length).toBeLessThanOrEqual(PEOPLE / MAX_PER_FRAME + 2);
  }
  report(`arrivals: ${batchSizes(watchers[0]!).length} frames per watcher`);
  expect(commands.zadd).toBe(PEOPLE / 500);
});

it('a renewal of their presence costs one command per 500 users, and one', async () => {
  commands = {};
  await harness.gateways[0]!.get(PresenceRenewal).renew();
  report('renewal');
  expect(commands).toMatchObject({ zadd: PEOPLE / 500, pexpire: 1 });
  expect(total()).toBeLessThanOrEqual(PEOPLE / 500 + 2);
});

it('a read of their presence costs one command, and a new watcher none', async () => {
  commands = {};
  const owner = harness.gateways[1]!.get(ConnectionRegistry).all()[0]!;
  const connection = { id: owner.id, sessionId: [...owner.connections][0]!.identity.sessionId };
  const another = await harness.live(connection, { gateway: 1 });
  const answer = await another.ask<{ people: unknown[]; complete: boolean }>('presence.watch', { companyId: company });
  expect(answer).toMatchObject({ ok: true, complete: false });
  expect(commands.zrangebyscore).toBeUndefined();
  for (const device of [...watchers, another]) {
    await device.ask('presence.unwatch', { companyId: company });
  }
  await watch(another, company);
  report('first watcher');
  expect(commands.zrangebyscore).toBe(1);
});

const total = () => Object.values(commands).reduce((sum, number) => sum + number, 0);
const report = (what: string) => process.stdout.write(`${PEOPLE} people, ${what}: ${JSON.stringify(commands)}\n`);
