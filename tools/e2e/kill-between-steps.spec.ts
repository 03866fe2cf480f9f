import type { Crowd } from '@convene/tools/people/crowd';
import { BASIC_ACK, BASIC_PUBLISH, HoldingProxy, Utterance } from './holding-proxy';
import { House, until } from './house';

/** The relay's statement that marks rows as sent (libs/prisma, outbox-store.ts). */
const MARK_PUBLISHED: Utterance = /SET published_at = /;

const COMMITTED = `SELECT 1 FROM inbox WHERE reaction = 'notify-invitee-when-invited'`;
const PENDING = `SELECT 1 FROM domain_events WHERE type = 'invites.created' AND published_at IS NULL`;
const DELIVERED = `SELECT 1 FROM notifications`;

/** `kill -9` at the worst moment there is. The process is held there by a proxy on one of its connections. */
describe('an event survives kill -9', () => {
  let house: House;
  let crowd: Crowd;
  let proxy: HoldingProxy;

  beforeAll(async () => {
    house = await House.open();
  });
  afterAll(() => house.close());

  beforeEach(async () => {
    await house.rows('TRUNCATE notifications, inbox, domain_events, inbox_counters');
    crowd = await house.gather(1);
  });
  afterEach(() => proxy.close());

  async function killAt(app: string, variable: 'RABBITMQ_URL' | 'DATABASE_URL', moment: Utterance, proof: string) {
    const process = house.system.app(app);
    const server = variable === 'RABBITMQ_URL' ? house.rabbitmqUrl : house.databaseUrl;
    proxy = await HoldingProxy.before(server);
    await process.restart({ [variable]: proxy.url });
    const held = proxy.hold(moment);
    const write = crowd.write();
    await held;
    await until(async () => (await house.rows(proof)).length > 0);
    await write;
    await process.kill();
    await process.restart({ [variable]: server });
  }

  async function expectKept() {
    await crowd.settled(30_000);
    await house.quiet();
    expect(await house.faults(crowd)).toEqual([]);
    expect(await house.deadLetters()).toBe(0);
    expect(await house.rows('SELECT 1 FROM notifications')).toHaveLength(1);
  }

  it('of the invites-worker, between its commit and its ack', async () => {
    await killAt('invites-worker', 'RABBITMQ_URL', BASIC_ACK, COMMITTED);
    await expectKept();
  });

  it('of the api-gateway, between its commit and the publish', async () => {
    await killAt('api-gateway', 'RABBITMQ_URL', BASIC_PUBLISH, PENDING);
    await expectKept();
  });

  it('of the relay, between the confirm and the mark: the event is sent twice and told once', async () => {
    await killAt('api-gateway', 'DATABASE_URL', MARK_PUBLISHED, DELIVERED);
    expect(await house.rows(PENDING)).toHaveLength(1);
    await expectKept();
  });

  it('of the notifications-worker, between the frames and its ack', async () => {
    await killAt('notifications-worker', 'RABBITMQ_URL', BASIC_ACK, DELIVERED);
    await expectKept();
  });
});
