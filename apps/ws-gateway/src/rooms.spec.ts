import { companyRoom, userRoom } from '@convene/contracts/sockets/rooms';
import { newId } from '@convene/prisma/ids';
import type { TestUser } from '@convene/testing/inbox-rows';
import { GatewayHarness } from './test-support/gateway-harness';

jest.setTimeout(30_000);

let harness: GatewayHarness;
let ana: TestUser;
let bo: TestUser;
let company: string;

beforeAll(async () => {
  harness = await GatewayHarness.start({ gateways: 2 });
});
afterAll(() => harness.stop());
beforeEach(async () => {
  [ana, bo] = [await harness.rows.user(), await harness.rows.user()];
  company = await harness.rows.company(ana);
});

const hint = (version: number, more: object = {}) => ({ eventId: newId(), companyId: company, version, ...more });
const inCompany = (event: string, frame: object) => harness.publisher.emit(companyRoom(company), event, frame);

/** Waits until everything that was emitted before has arrived at the device's node, whether it was delivered or not. */
async function settled(...users: [TestUser, { received(event: string): Promise<unknown> }][]): Promise<void> {
  for (const [user, client] of users) {
    await harness.publisher.emit(userRoom(user.id), 'users.settled', {
      eventId: newId(),
      companyId: null,
      version: null,
    });
    await client.received('users.settled');
  }
}

it('session.ready contains the version of each company', async () => {
  const client = await harness.live(ana);
  expect(await client.received('session.ready')).toMatchObject({ companies: { [company]: 1 } });
});

it('room frames reach the members on every node only', async () => {
  const [phone, laptop, outsider] = [
    await harness.live(ana),
    await harness.live(ana, { gateway: 1 }),
    await harness.live(bo, { gateway: 1 }),
  ];
  const frame = hint(1, { inviteId: newId() });
  await inCompany('invites.created', frame);
  expect(await phone.received('invites.created')).toEqual(frame);
  expect(await laptop.received('invites.created')).toEqual(frame);
  await settled([bo, outsider]);
  expect(outsider.framesOf('invites.created')).toEqual([]);
});

it('a new member joins the room on every node when their devices receive the frame', async () => {
  const [phone, laptop] = [await harness.live(bo), await harness.live(bo, { gateway: 1 })];
  const version = await harness.rows.join(company, bo);
  await harness.publisher.emit(userRoom(bo.id), 'memberships.joined', hint(version, { userId: bo.id }));
  for (const client of [phone, laptop]) expect(await client.received('memberships.joined')).toMatchObject({ version });
  for (const gateway of [0, 1]) {
    const rooms = harness.roomsOf(gateway, bo);
    expect(rooms).toContain(companyRoom(company));
  }
});

it('a new member joins the room through the company’s frame on a node with another member', async () => {
  const [old, young] = [await harness.live(ana), await harness.live(bo)];
  const frame = hint(await harness.rows.join(company, bo), { userId: bo.id });
  await inCompany('memberships.joined', frame);
  expect(await old.received('memberships.joined')).toEqual(frame);
  expect(await young.received('memberships.joined')).toEqual(frame);
});

it('a removed member gets no frame of later events, and leaves the room', async () => {
  await harness.rows.join(company, bo);
  const [member, removed] = [await harness.live(ana, { gateway: 1 }), await harness.live(bo, { gateway: 1 })];
  await inCompany('invites.created', hint(2));
  await removed.received('invites.created');
  const version = await harness.rows.remove(company, bo);
  // The frame of the removal itself was lost: the next one is enough.
  await inCompany('invites.rejected', hint(version));
  await member.received('invites.rejected');
  await settled([bo, removed]);
  expect(removed.framesOf('invites.rejected')).toEqual([]);
  expect(harness.roomsOf(1, bo)).not.toContain(companyRoom(company));
});

it('a late frame with an older version is still delivered', async () => {
  const client = await harness.live(ana);
  await inCompany('invites.created', hint(1));
  await inCompany('invites.created', hint(0));
  await client.received('invites.created', 2);
});
