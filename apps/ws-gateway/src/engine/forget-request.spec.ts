import type { Socket as TcpSocket } from 'node:net';
import { GatewayRig } from '../rig/gateway-rig';
import { ConnectionRegistry } from '../connections/connection-registry';

jest.setTimeout(30_000);

let rig: GatewayRig;

beforeAll(async () => {
  rig = await GatewayRig.start();
});
afterAll(() => rig.stop());

it.each(['websocket', 'polling'])('keeps neither request nor token of a connection over %s', async (transport) => {
  const ana = await rig.rows.user();
  const client = await rig.live(ana, { transports: [transport] });
  const [session] = rig.gateways[0]!.get(ConnectionRegistry).find(ana.id)!.sessions;
  expect(session!.socket.request).toBeUndefined();
  expect(session!.socket.handshake).toMatchObject({ headers: {}, auth: {}, query: {}, url: '' });
  expect(JSON.stringify([session!.identity, session!.handshake])).not.toContain('eyJ');
  expect(await client.ask('inbox.ack', { seq: 0 })).toEqual({ ok: true });
});

it('is not undone by what Engine.IO leaves on the TCP connection', async () => {
  const ana = await rig.rows.user();
  await rig.live(ana);
  const [session] = rig.gateways[0]!.get(ConnectionRegistry).find(ana.id)!.sessions;
  const { socket } = session!.socket.conn.transport as unknown as { socket: { _socket: TcpSocket } };
  expect(socket._socket.listeners('close').map(String).join()).not.toContain('this.emit("close")');
});
