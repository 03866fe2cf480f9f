import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { TcpProxy } from './tcp-proxy';

let server: Server;
let proxy: TcpProxy;
beforeAll(async () => {
  server = createServer((socket) => socket.pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await TcpProxy.to(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(async () => {
  await proxy.close();
  server.close();
});

const open = () => connect(Number(new URL(proxy.url).port), '127.0.0.1');

it('a proxy holds the bytes that match, and all after them on that connection', async () => {
  const held = proxy.holdAt(/stop/);
  const socket = open();
  socket.write('go');
  const [echo] = (await once(socket, 'data')) as [Buffer];
  expect(echo.toString()).toBe('go');
  socket.write('stop');
  await held;
  let more = '';
  socket.on('data', (bytes: Buffer) => (more += bytes.toString()));
  socket.write('go');
  const other = open();
  other.write('on another connection');
  await once(other, 'data');
  expect(more).toBe('');
  for (const each of [socket, other]) each.destroy();
});

it('a proxy says what was not sent in time, and lets it pass from then on', async () => {
  await expect(proxy.holdAt(/never/, 'client', 50)).rejects.toThrow('The client has not sent never within 0.05 s');
  const socket = open();
  socket.write('never');
  const [echo] = (await once(socket, 'data')) as [Buffer];
  expect(echo.toString()).toBe('never');
  socket.destroy();
});
