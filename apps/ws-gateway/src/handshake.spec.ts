import { DerivedTokens } from '@convene/auth/derived-token';
import { RevocationList } from '@convene/auth/revocation-list';
import { BAD_TOKENS, signToken } from '@convene/auth/test-support/bad-tokens';
import type { TestUser } from '@convene/testing/inbox-rows';
import { GatewayHarness } from './test-support/gateway-harness';
import { TestClient } from './test-support/test-client';

jest.setTimeout(30_000);

let harness: GatewayHarness;
let ana: TestUser;

beforeAll(async () => {
  const env = { WS_CORS_ORIGIN: 'https://app.example.com' };
  harness = await GatewayHarness.start({ gateways: 2, env });
});
afterAll(() => harness.stop());
beforeEach(async () => {
  ana = await harness.rows.user();
});

describe('the handshake refuses', () => {
  it.each([
    ['no token', {}, 'UNAUTHENTICATED'],
    ['a forged token', { token: 'a.b.c' }, 'UNAUTHENTICATED'],
    ['a lastSeq that is no seq', { token: 'x', lastSeq: -1 }, 'VALIDATION_FAILED'],
    ['an epoch that is no text', { token: 'x', epoch: 5 }, 'VALIDATION_FAILED'],
  ])('%s', async (_, auth, code) => {
    const { message, data } = await new TestClient(harness.url(), { auth }).refused();
    expect(data).toEqual({ code, detail: message, retryable: false });
  });

  const subject = () => ({ key: harness.signingKey, userId: ana.id, sessionId: ana.sessionId });
  const headers = (token: string) => [{ authorization: `Bearer ${token}` }, { cookie: `convene_access=${token}` }];

  async function expectRefused(token: string, code: string): Promise<void> {
    const client = new TestClient(harness.url(), { auth: { token } });
    expect((await client.refused()).data?.code).toBe(code);
    for (const header of headers(token)) {
      expect(await harness.refusedUpgrade(header)).toBe(code);
      const websocket = new TestClient(harness.url(), { headers: header });
      expect((await websocket.refused()).data).toBeUndefined(); // there was never a connection to say more on
      expect([...client.log, ...websocket.log]).toEqual([]);
    }
  }

  it.each(BAD_TOKENS)('a token that is %s, in every place it can be sent', async (_, make, code) => {
    await expectRefused(make(subject()), code);
  });

  it('a refresh token', async () => {
    const token = new DerivedTokens(['s'.repeat(32)]).derive('refresh', ana.sessionId, 0);
    await expectRefused(token, 'UNAUTHENTICATED');
  });

  it('a stale cookie, unless the client says that its token comes in the first packet', async () => {
    const stale = { headers: { cookie: `convene_access=${signToken({ ...subject(), userId: 'nobody' })}` } };
    const good = { auth: { token: await harness.token(ana) } };
    expect((await new TestClient(harness.url(), { ...stale, ...good }).refused()).data).toBeUndefined();
    const client = new TestClient(harness.url(), { ...stale, ...good, query: { auth: 'packet' } });
    expect(await client.received('session.ready')).toMatchObject({ userId: ana.id });
    client.close();
    const bare = new TestClient(harness.url(), { ...stale, query: { auth: 'packet' } });
    expect((await bare.refused()).data?.code).toBe('UNAUTHENTICATED');
  });

  it('only broken tokens: the same token unbroken is accepted', async () => {
    const client = new TestClient(harness.url(), { auth: { token: signToken(subject()) } });
    expect(await client.received('session.ready')).toMatchObject({ userId: ana.id });
    client.close();
  });

  it('a session that was revoked', async () => {
    await harness.gateways[0]?.get(RevocationList).publish(ana.sessionId, ana.id);
    expect((await (await harness.client(ana)).refused()).data?.code).toBe('SESSION_REVOKED');
  });

  it('an unknown namespace, with and without a token', async () => {
    const client = await harness.client(ana, { namespace: '/admin' });
    expect((await client.refused()).message).toBe('Invalid namespace');
  });

  it.each(['websocket', 'polling'])('a foreign Origin over %s, with a good token', async (transport) => {
    const client = await harness.client(ana, { headers: { origin: 'https://evil.example' }, transports: [transport] });
    await client.refused();
    expect(client.log).toEqual([]);
  });
});

describe('the handshake accepts', () => {
  it.each(['https://app.example.com', undefined])('Origin %p', async (origin) => {
    const client = await harness.live(ana, { headers: { ...(origin && { origin }) } });
    expect(client.log[0]?.event).toBe('session.ready');
  });

  it('a page of its own host', async () => {
    await harness.live(ana, { headers: { origin: harness.url() } });
  });

  it.each([
    ['the Authorization header', (token: string) => ({ authorization: `Bearer ${token}` })],
    ['the access cookie', (token: string) => ({ cookie: `theme=dark; convene_access=${token}` })],
  ])('a token in %s', async (_, headersFor) => {
    const client = new TestClient(harness.url(), { headers: headersFor(await harness.token(ana)) });
    expect(await client.received('session.ready')).toMatchObject({ userId: ana.id, sessionId: ana.sessionId });
    client.close();
  });
});

describe('the handshake with every origin allowed and secure cookies', () => {
  const page = { origin: 'https://evil.example' };
  let open: GatewayHarness;
  let bo: TestUser;
  beforeAll(async () => {
    open = await GatewayHarness.start({ env: { WS_CORS_ORIGIN: '*', COOKIE_SECURE: 'true' } });
    bo = await open.rows.user();
  });
  afterAll(() => open.stop());

  it('accepts the cookie that only our own host can set, from its own pages', async () => {
    const cookie = `__Host-convene_access=${await open.token(bo)}`;
    const client = new TestClient(open.url(), { headers: { origin: open.url(), cookie } });
    expect(await client.received('session.ready')).toMatchObject({ userId: bo.id });
    client.close();
    const foreign = new TestClient(open.url(), { headers: { ...page, cookie } });
    expect((await foreign.refused()).data?.code).toBe('UNAUTHENTICATED');
  });

  it('ignores the cookie without the prefix', async () => {
    const cookie = `convene_access=${await open.token(bo)}`;
    expect((await new TestClient(open.url(), { headers: { cookie } }).refused()).data?.code).toBe('UNAUTHENTICATED');
  });

  it('accepts every page with a token of its own', async () => {
    const client = new TestClient(open.url(), { headers: page, auth: { token: await open.token(bo) } });
    expect(await client.received('session.ready')).toMatchObject({ userId: bo.id });
    client.close();
  });
});

describe('a live socket ends', () => {
  it('for good within a second of its revocation on another node, and other sessions of the user stay', async () => {
    const other = await harness.live({ id: ana.id, sessionId: (await harness.rows.user()).sessionId });
    const client = await harness.live(ana, { gateway: 1 });
    const gone = client.disconnected();
    const started = performance.now();
    await harness.gateways[0]?.get(RevocationList).publish(ana.sessionId, ana.id);
    expect(await client.received('session.closing')).toMatchObject({ code: 'SESSION_REVOKED', reconnect: false });
    expect(await gone).toBe('io server disconnect');
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(other.socket.connected).toBe(true);
  });

  it('when its access token expires, and can reconnect with a new one', async () => {
    // Long enough to connect on a slow machine: one that expires before that is refused, not ended.
    const client = await harness.live(ana, { auth: { token: await harness.token(ana, 3) } });
    const gone = client.disconnected();
    expect(await client.received('session.closing')).toMatchObject({ code: 'TOKEN_EXPIRED', reconnect: true });
    await gone;
    await harness.live(ana);
  });
});
