import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestUser } from '@convene/testing/inbox-rows';
import { GatewayHarness } from '../test-support/gateway-harness';
import { TestClient, type TestClientOptions } from '../test-support/test-client';

jest.setTimeout(30_000);

let harness: GatewayHarness;
let ana: TestUser;

afterEach(() => harness.stop());

async function start(env: Record<string, string>): Promise<void> {
  harness = await GatewayHarness.start({ env });
  ana = await harness.rows.user();
}

const from = (address: string) => ({ 'x-forwarded-for': address });

/** A device that is let in once there is room, which takes the gateway a moment to notice. */
async function liveAtLast(options: TestClientOptions): Promise<void> {
  for (;;) {
    const client = await harness.client(ana, options);
    const refused = client.refused().then(
      () => true,
      () => false,
    );
    if (!(await refused)) return;
  }
}

it('the connections of one user are limited until one of them ends', async () => {
  await start({ WS_MAX_CONNECTIONS_PER_USER: '3' });
  const devices = [await harness.live(ana), await harness.live(ana), await harness.live(ana)];
  const refused = await (await harness.client(ana)).refused();
  expect(refused.data).toMatchObject({ code: 'TOO_MANY_CONNECTIONS', retryable: true, retryAfterMs: 10_000 });
  await harness.live(await harness.rows.user());
  devices[0]!.close();
  await liveAtLast({});
});

it('the connections of one address are limited, and only a known proxy can name another address', async () => {
  await start({ WS_MAX_CONNECTIONS_PER_ADDRESS: '2', TRUST_PROXY: '127.0.0.1' });
  const first = await harness.live(ana, { headers: from('192.0.2.1') });
  await harness.live(ana, { headers: from('192.0.2.1'), transports: ['polling'] });
  expect(await harness.refusedUpgrade(from('192.0.2.1'))).toBe('TOO_MANY_CONNECTIONS');
  await harness.live(ana, { headers: from('192.0.2.2') });
  first.close();
  await liveAtLast({ headers: from('192.0.2.1') });
  await harness.stop();

  await start({ WS_MAX_CONNECTIONS_PER_ADDRESS: '2' });
  await harness.live(ana, { headers: from('192.0.2.1') });
  await harness.live(ana, { headers: from('192.0.2.2') });
  expect(await harness.refusedUpgrade(from('192.0.2.3'))).toBe('TOO_MANY_CONNECTIONS');
});

it('the connections of one IPv6 /64 are limited together, and an IPv4-mapped address counts as IPv4', async () => {
  await start({ WS_MAX_CONNECTIONS_PER_ADDRESS: '2', TRUST_PROXY: '127.0.0.1,fd00::/8' });
  await harness.live(ana, { headers: from('2001:db8:1:2::1') });
  await harness.live(ana, { headers: from('2001:db8:1:2:ffff::1, fd00::7') });
  expect(await harness.refusedUpgrade(from('2001:db8:1:2:3:4:5:6'))).toBe('TOO_MANY_CONNECTIONS');
  await harness.live(ana, { headers: from('2001:db8:1:3::1') });
  await harness.live(ana, { headers: from('192.0.2.1') });
  await harness.live(ana, { headers: from('::ffff:192.0.2.1') });
  expect(await harness.refusedUpgrade(from('192.0.2.1'))).toBe('TOO_MANY_CONNECTIONS');
});

it('the connections of one process are limited', async () => {
  await start({ WS_MAX_CONNECTIONS: '2' });
  await harness.live(ana);
  await harness.live(ana);
  expect(await harness.refusedUpgrade({})).toBe('TOO_MANY_CONNECTIONS');
});

it('a failed or abandoned handshake counts only while it lasts', async () => {
  await start({ WS_MAX_CONNECTIONS_PER_ADDRESS: '3' });
  for (let turn = 0; turn < 10; turn += 1) {
    expect(await harness.refusedUpgrade({ authorization: 'Bearer nonsense' })).toBe('UNAUTHENTICATED');
    const client = new TestClient(harness.url(), { auth: { token: 'nonsense' } });
    await client.refused();
    client.close();
  }
  await harness.live(ana);
});

it('a handshake abandoned in the waiting line counts only while it lasts', async () => {
  await start({ WS_MAX_CONNECTIONS_PER_ADDRESS: '2', WS_ACCEPTS_PER_SECOND: '1' });
  const port = Number(new URL(harness.url()).port);
  const waiting = [1, 2].map(() => {
    const socket = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
    socket.write('GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\n');
    socket.write(
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    return socket;
  });
  // The first is admitted, the second waits. The next refusal states that there are two.
  await once(waiting[0]!, 'data');
  expect(await harness.refusedUpgrade({})).toBe('TOO_MANY_CONNECTIONS');
  for (const socket of waiting) socket.destroy();
  await liveAtLast({});
  await liveAtLast({});
});

it('silent connections are closed early', async () => {
  await start({ WS_MAX_CONNECTIONS_PER_ADDRESS: '10' });
  const silent: Socket[] = [];
  const cut: Promise<unknown>[] = [];
  const port = Number(new URL(harness.url()).port);
  for (let count = 0; count < 200; count += 1) {
    const socket = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
    cut.push(new Promise((resolve) => socket.once('close', resolve)));
    silent.push(socket);
  }
  await Promise.all(cut.slice(115)); // a hundred more than the limit wait for their time-out
  for (const socket of silent) socket.destroy();
  await Promise.all(cut);
  await harness.live(ana);
});

it('a burst of handshakes is admitted at a bounded rate without time-outs', async () => {
  await start({ WS_ACCEPTS_PER_SECOND: '50' });
  const users: TestUser[] = [];
  while (users.length < 100) users.push(await harness.rows.user());
  const began = performance.now();
  await Promise.all(users.map((user) => harness.live(user)));
  // 100 at 50 a second, of which ten may come at once.
  expect(performance.now() - began).toBeGreaterThan(1_700);
});
