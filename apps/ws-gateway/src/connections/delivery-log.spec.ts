import { register } from 'prom-client';
import { userRoom } from '@convene/contracts/sockets/rooms';
import { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { PrismaService } from '@convene/prisma/prisma.service';
import type { TestUser } from '@convene/testing/inbox-rows';
import { GatewayHarness } from '../test-support/gateway-harness';
import { DeliveryLog } from './delivery-log';

jest.setTimeout(30_000);

let harness: GatewayHarness;
let ana: TestUser;

beforeAll(async () => {
  harness = await GatewayHarness.start({ gateways: 2 });
});
afterAll(() => harness.stop());
beforeEach(async () => {
  ana = await harness.rows.user();
});

interface Step {
  sockets: number;
  step: string;
  channel: string;
}
const stepsOf = (eventId: string) =>
  harness.rows.query<Step>(
    'SELECT step, channel, sockets FROM notification_steps WHERE event_id = $1 AND recipient_user_id = $2 ORDER BY sockets',
    [eventId, ana.id],
  );
/** Waits until the gateways have written what they sent to this many sockets. */
async function sentTo(eventId: string, sockets: number): Promise<Step[]> {
  for (;;) {
    const steps = await stepsOf(eventId);
    if (steps.reduce((sum, step) => sum + step.sockets, 0) >= sockets) return steps;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const unlogged = async () =>
  (await register.getSingleMetric('ws_deliveries_unlogged_total')?.get())?.values[0]?.value ?? 0;

it('the delivery log records to how many sockets of each node a notification was sent', async () => {
  const devices = [await harness.live(ana), await harness.live(ana), await harness.live(ana, { gateway: 1 })];
  const frame = await harness.rows.notification(ana);
  await harness.publisher.emit(userRoom(ana.id), 'notifications.created', frame);
  for (const device of devices) await device.upTo(1);
  const sent = { step: 'sent', channel: 'SOCKET' };
  expect(await sentTo(frame.id, 3)).toEqual([
    { ...sent, sockets: 1 },
    { ...sent, sockets: 2 },
  ]);
});

it('the delivery log records replays', async () => {
  const [frame] = await harness.rows.notifications(ana, 1);
  const device = await harness.live(ana, { auth: { lastSeq: 0 } });
  await device.upTo(1);
  expect(await sentTo(frame?.id ?? '', 1)).toMatchObject([{ sockets: 1 }]);
});

it('the delivery log writes its buffer when the gateway stops', async () => {
  const prisma = new PrismaService(new Database({ databaseUrl: harness.databaseUrl, applicationName: 'spec' }));
  const log = new DeliveryLog(prisma.database);
  const eventId = newId();
  log.note(ana.id, eventId);
  log.note(ana.id, eventId);
  await log.beforeApplicationShutdown();
  expect(await stepsOf(eventId)).toMatchObject([{ sockets: 2 }]);
  await prisma.onApplicationShutdown();
});

it('the delivery log stays within its bound without a database, and counts lost entries', async () => {
  const gone = new PrismaService(
    new Database({ databaseUrl: 'postgresql://nobody@127.0.0.1:1/nothing', applicationName: 'spec' }),
  );
  const log = new DeliveryLog(gone.database);
  const before = await unlogged();
  log.note(ana.id, 'no id');
  for (let n = 0; n < 20_001; n++) log.note(ana.id, newId());
  expect(await unlogged()).toBe(before + 2);
  await log.beforeApplicationShutdown();
  expect(await unlogged()).toBe(before + 2 + 20_000);
  await gone.onApplicationShutdown();
});
