import { TcpProxy } from '@convene/testing/tcp-proxy';
import type { UserPairs } from '@convene/tools/simulated-users/user-pairs';
import { TestSystem, until } from './test-support/test-system';

/** AMQP 0-9-1 method frames: type 1, channel, size, class 60 and method 80 (ack) or 40 (publish). */
const BASIC_ACK = /\x01[\s\S]{2}\x00\x00\x00\x0d\x00\x3c\x00\x50/;
const BASIC_PUBLISH = /\x01[\s\S]{2}[\s\S]{4}\x00\x3c\x00\x28/;
/** The relay's statement that marks rows as sent (libs/messaging, outbox-store.ts). */
const MARK_PUBLISHED = /SET published_at = /;

const COMMITTED = `SELECT 1 FROM inbox WHERE reaction = 'notify-invitee-when-invited'`;
const PENDING = `SELECT 1 FROM domain_events WHERE type = 'invites.created' AND published_at IS NULL`;
const DELIVERED = `SELECT 1 FROM notifications`;

/** `kill -9` between two steps. A proxy on one of the connections of the process stops it there. */
describe('an event survives kill -9', () => {
  let system: TestSystem;
  let userPairs: UserPairs;
  let proxy: TcpProxy;

  beforeAll(async () => {
    system = await TestSystem.open();
  });
  afterAll(() => system.close());

  beforeEach(async () => {
    await system.rows('TRUNCATE notifications, inbox, domain_events, inbox_counters, unreached_inboxes');
    userPairs = await system.connectPairs(1);
  });
  afterEach(() => proxy.close());

  /** @returns how many of the events were not marked as published when the process was killed. */
  async function killAt(app: string, variable: 'RABBITMQ_URL' | 'DATABASE_URL', moment: RegExp, proof: string) {
    const process = system.processes.app(app);
    const server = variable === 'RABBITMQ_URL' ? system.rabbitmqUrl : system.databaseUrl;
    proxy = await TcpProxy.to(server);
    await process.restart({ [variable]: proxy.url });
    const held = proxy.holdAt(moment);
    const write = userPairs.write();
    await held;
    await until(async () => (await system.rows(proof)).length > 0);
    await write;
    await process.kill();
    const unpublished = await system.rows(PENDING);
    await process.restart({ [variable]: server });
    return unpublished.length;
  }

  async function expectKept() {
    await userPairs.settled(30_000);
    await system.quiet();
    expect(await system.faults(userPairs)).toEqual([]);
    expect(await system.deadLetters()).toBe(0);
    expect(await system.rows('SELECT 1 FROM notifications')).toHaveLength(1);
  }

  it('of the invites-worker, between its commit and its ack', async () => {
    await killAt('invites-worker', 'RABBITMQ_URL', BASIC_ACK, COMMITTED);
    await expectKept();
  });

  it('of the api-gateway, between its commit and the publish', async () => {
    await killAt('api-gateway', 'RABBITMQ_URL', BASIC_PUBLISH, PENDING);
    await expectKept();
  });

  it('of the relay, between the confirm and the mark: the event is sent twice and notified once', async () => {
    expect(await killAt('api-gateway', 'DATABASE_URL', MARK_PUBLISHED, DELIVERED)).toBe(1);
    await expectKept();
  });

  it('of the notifications-worker, between the frames and its ack', async () => {
    await killAt('notifications-worker', 'RABBITMQ_URL', BASIC_ACK, DELIVERED);
    await expectKept();
  });
});
