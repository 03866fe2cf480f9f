import { AccessTokenVerifier } from '@convene/auth/access-token-verifier';
import { LoadShedding } from '@convene/observability/overload/load-shedding';
import { GatewayHarness } from '../test-support/gateway-harness';
import { TestClient } from '../test-support/test-client';

jest.setTimeout(30_000);

let harness: GatewayHarness;
beforeAll(async () => {
  harness = await GatewayHarness.start();
});
afterAll(() => harness.stop());
afterEach(() => jest.restoreAllMocks());

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

it('an overloaded ws-gateway refuses its share before it looks at a token, wherever that is', async () => {
  const refusal = jest.spyOn(harness.gateways[0]!.get(LoadShedding), 'refusal');
  const verify = jest.spyOn(harness.gateways[0]!.get(AccessTokenVerifier), 'verify');
  refusal.mockReturnValue({ retryAfterMs: 1_234 });
  const token = await harness.token(await harness.rows.user());
  for (const options of [{ auth: { token } }, { headers: { authorization: `Bearer ${token}` } }]) {
    const { data } = await new TestClient(harness.url(), options).refused();
    expect(data).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 1_234 });
  }
  expect(refusal).toHaveBeenCalledTimes(2);
  expect(verify).not.toHaveBeenCalled();

  refusal.mockReturnValue(undefined);
  await new TestClient(harness.url(), { headers: { authorization: `Bearer ${token}` } }).received('session.ready');
  expect(refusal).toHaveBeenCalledTimes(3);
});
