import { companyRoom, userRoom } from '@convene/contracts/sockets/rooms';
import type { TestUser } from '@convene/testing/inbox-rows';
import { GatewayHarness } from '../test-support/gateway-harness';

jest.setTimeout(60_000);

let harness: GatewayHarness;
let ana: TestUser;

beforeAll(async () => {
  harness = await GatewayHarness.start();
});
afterAll(() => harness.stop());
beforeEach(async () => {
  ana = await harness.rows.user();
});

const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i);

async function notify(count: number): Promise<number> {
  const frames = await harness.rows.notifications(ana, count);
  for (const frame of frames) await harness.publisher.emit(userRoom(ana.id), 'notifications.created', frame);
  return frames.at(-1)!.seq;
}

it('the outbound limit sends a client one inbox.resync, and everything that was held back when it resumes', async () => {
  const phone = await harness.live(ana);
  const laptop = await harness.live(ana);
  await notify(260);
  expect(await phone.received('inbox.resync')).toMatchObject({ headSeq: expect.any(Number) as number, companies: [] });
  expect(await phone.upTo(200)).toEqual(upTo(200));
  const answer = await phone.ask<{ recovered: boolean }>('inbox.resume', { lastSeq: 200 });
  expect(answer).toMatchObject({ ok: true, recovered: true, headSeq: 260 });
  expect(await phone.upTo(260)).toEqual(upTo(260));
  expect(phone.framesOf('inbox.resync')).toHaveLength(1);
  expect(laptop.framesOf('inbox.resync')).toHaveLength(1);
});

it('the outbound limit sends the rest in order when the window ends, without a resume', async () => {
  const phone = await harness.live(ana);
  const head = await notify(1_300); // more than a stream holds
  expect(await phone.upTo(head)).toEqual(upTo(head));
});

it('the outbound limit holds back a client again that has resumed within the window', async () => {
  const phone = await harness.live(ana);
  await notify(220);
  await phone.received('inbox.resync');
  await phone.ask('inbox.resume', { lastSeq: 200 });
  await phone.upTo(220);
  await notify(10);
  await phone.received('inbox.resync', 2);
  expect(await phone.upTo(230)).toEqual(upTo(230)); // when the window is over
});

it('the outbound limit names the companies of held-back hints when the window ends', async () => {
  const companyId = await harness.rows.company(ana);
  const phone = await harness.live(ana);
  const frame = (eventId: number) => ({ eventId: String(eventId), companyId, version: 1 });
  for (let count = 0; count < 130; count += 1) {
    await harness.publisher.emit(companyRoom(companyId), 'companies.updated', frame(count));
  }
  expect(await phone.received('inbox.resync')).toEqual({ headSeq: 0, companies: [companyId] });
  expect(phone.framesOf('companies.updated')).toHaveLength(100);
});
