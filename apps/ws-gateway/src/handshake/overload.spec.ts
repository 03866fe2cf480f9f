import { LoadShedding } from '@convene/observability/overload/load-shedding';
import { GatewayHarness } from '../test-support/gateway-harness';

jest.setTimeout(30_000);

let harness: GatewayHarness;
beforeAll(async () => {
  harness = await GatewayHarness.start();
});
afterAll(() => harness.stop());

it('an overloaded ws-gateway refuses handshakes with the time to come back, and keeps its connections', async () => {
  const ana = await harness.rows.user();
  const connected = await harness.live(ana);
  const refusal = jest.spyOn(harness.gateways[0]!.get(LoadShedding), 'refusal');
  refusal.mockReturnValue({ retryAfterMs: 4_321 });
  const refused = await (await harness.client(ana)).refused();
  expect(refused.data).toMatchObject({ code: 'OVERLOADED', retryable: true, retryAfterMs: 4_321 });
  expect(connected.socket.connected).toBe(true);
  expect(await connected.socket.emitWithAck('inbox.ack', { seq: 0 })).toMatchObject({ ok: true });

  refusal.mockReturnValue(undefined);
  await harness.live(ana);
});
