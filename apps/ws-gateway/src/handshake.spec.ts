import { RevocationList } from '@convene/auth/revocation-list';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { GatewayRig } from './rig/gateway-rig';
import type { TestUser } from './rig/rows';
import { TestClient } from './rig/test-client';

jest.setTimeout(30_000);

let database: TestDatabase;
let rig: GatewayRig;
let ana: TestUser;

beforeAll(async () => {
  database = await createTestDatabase();
  const redisUrl = (await createTestRedis()).url;
  const env = { WS_CORS_ORIGIN: 'https://app.example.com' };
  rig = await GatewayRig.start({ databaseUrl: database.url, redisUrl, gateways: 2, env });
});
afterAll(async () => {
  await rig.stop();
  await database.drop();
});
beforeEach(async () => {
  ana = await rig.rows.user();
});

describe('the handshake refuses', () => {
  it.each([
    ['no token', {}, 'UNAUTHENTICATED'],
    ['a forged token', { token: 'a.b.c' }, 'UNAUTHENTICATED'],
    ['a lastSeq that is no seq', { token: 'x', lastSeq: -1 }, 'VALIDATION_FAILED'],
    ['an epoch that is no text', { token: 'x', epoch: 5 }, 'VALIDATION_FAILED'],
  ])('%s', async (_, auth, code) => {
    const { message, data } = await new TestClient(rig.url(), { auth }).refused();
    expect(data).toEqual({ code, detail: message, retryable: false });
  });

  it('a token that has expired', async () => {
    const auth = { token: await rig.token(ana, -5) };
    expect((await new TestClient(rig.url(), { auth }).refused()).data?.code).toBe('TOKEN_EXPIRED');
  });

  it('a session that was revoked', async () => {
    await rig.gateways[0]?.get(RevocationList).publish(ana.sessionId, ana.id);
    expect((await (await rig.client(ana)).refused()).data?.code).toBe('SESSION_REVOKED');
  });

  it('an unknown namespace, whoever asks', async () => {
    const client = await rig.client(ana, { namespace: '/admin' });
    expect((await client.refused()).message).toBe('Invalid namespace');
  });

  it.each(['websocket', 'polling'])('a foreign Origin over %s, with a good token', async (transport) => {
    const client = await rig.client(ana, { headers: { origin: 'https://evil.example' }, transports: [transport] });
    await client.refused();
    expect(client.log).toEqual([]);
  });
});

describe('the handshake takes', () => {
  it.each(['https://app.example.com', undefined])('Origin %p', async (origin) => {
    const client = await rig.live(ana, { headers: { ...(origin && { origin }) } });
    expect(client.log[0]?.event).toBe('session.ready');
  });

  it('a page of its own host', async () => {
    await rig.live(ana, { headers: { origin: rig.url() } });
  });

  it.each([
    ['the Authorization header', (token: string) => ({ authorization: `Bearer ${token}` })],
    ['the access cookie', (token: string) => ({ cookie: `theme=dark; convene_access=${token}` })],
  ])('a token in %s', async (_, headersFor) => {
    const client = new TestClient(rig.url(), { headers: headersFor(await rig.token(ana)) });
    expect(await client.received('session.ready')).toMatchObject({ userId: ana.id, sessionId: ana.sessionId });
    client.close();
  });
});

describe('a live socket ends', () => {
  it('within a second of its revocation on another node, for good; other sessions of the user live on', async () => {
    const other = await rig.live({ id: ana.id, sessionId: (await rig.rows.user()).sessionId });
    const client = await rig.live(ana, { gateway: 1 });
    const gone = client.disconnected();
    const started = performance.now();
    await rig.gateways[0]?.get(RevocationList).publish(ana.sessionId, ana.id);
    expect(await client.received('session.closing')).toMatchObject({ code: 'SESSION_REVOKED', reconnect: false });
    expect(await gone).toBe('io server disconnect');
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(other.socket.connected).toBe(true);
  });

  it('when its access token expires, and may come back with a fresh one', async () => {
    const client = await rig.live(ana, { auth: { token: await rig.token(ana, 1) } });
    const gone = client.disconnected();
    expect(await client.received('session.closing')).toMatchObject({ code: 'TOKEN_EXPIRED', reconnect: true });
    await gone;
    await rig.live(ana);
  });
});
