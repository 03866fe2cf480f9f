import type { Socket as TcpSocket } from 'node:net';
import { ConnectionRegistry } from '../connections/connection-registry';
import { GatewayHarness } from '../test-support/gateway-harness';

jest.setTimeout(30_000);

let harness: GatewayHarness;

beforeAll(async () => {
  harness = await GatewayHarness.start();
});
afterAll(() => harness.stop());

it.each(['websocket', 'polling'])('a connection over %s keeps neither its request nor its token', async (transport) => {
  const ana = await harness.rows.user();
  const client = await harness.live(ana, { transports: [transport] });
  const [connection] = harness.gateways[0]!.get(ConnectionRegistry).find(ana.id)!.connections;
  expect(connection!.socket.request).toBeUndefined();
  expect(connection!.socket.handshake).toMatchObject({ headers: {}, auth: {}, query: {}, url: '' });
  expect(JSON.stringify([connection!.identity, connection!.handshake])).not.toContain('eyJ');
  expect(await client.ask('inbox.ack', { seq: 0 })).toEqual({ ok: true });
});

it('a reused TCP connection keeps no request of Engine.IO', async () => {
  const ana = await harness.rows.user();
  await harness.live(ana);
  const [connection] = harness.gateways[0]!.get(ConnectionRegistry).find(ana.id)!.connections;
  const { socket } = connection!.socket.conn.transport as unknown as { socket: { _socket: TcpSocket } };
  expect(socket._socket.listeners('close').map(String).join()).not.toContain('this.emit("close")');
});
