import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { proxyCheck } from './client-address';
import { boundConnections } from './connection-bounds';

let server: Server;
let ended = 0;
const open: Socket[] = [];

async function start(bounds: { max: number; maxPerNetwork: number; proxies?: string[] }): Promise<void> {
  const { proxies = [], ...rest } = bounds;
  server = createServer((_request, response) => void response.end('served'));
  ended = 0;
  boundConnections(server, { ...rest, isProxy: proxyCheck(proxies), onClose: () => void (ended += 1) });
  server.listen(0, '::'); // dual-stack: an IPv4 peer is seen as ::ffff:127.0.0.1
  await once(server, 'listening');
}

afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** What becomes of a connection that asks for something: served, or cut off. */
function attempt(host = '127.0.0.1'): Promise<'served' | 'cut'> {
  const socket = connect({ port: (server.address() as AddressInfo).port, host }).on('error', () => undefined);
  open.push(socket);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return new Promise((resolve) => {
    socket.once('data', () => resolve('served'));
    socket.once('close', () => resolve('cut'));
  });
}

it('the connections of a network are limited, and one that ends frees a place', async () => {
  await start({ max: 100, maxPerNetwork: 3 });
  for (let count = 0; count < 3; count += 1) expect(await attempt()).toBe('served');
  expect(await attempt()).toBe('cut');
  expect(await attempt('::1')).toBe('served');
  expect(ended).toBe(0); // one that is cut off was never counted
  open[0]!.destroy();
  while (ended === 0) await new Promise(setImmediate);
  expect(await attempt()).toBe('served');
  expect(await attempt()).toBe('cut');
});

it('the connections of a proxy are not limited, whichever address family names it', async () => {
  await start({ max: 100, maxPerNetwork: 1, proxies: ['127.0.0.0/8'] });
  for (let count = 0; count < 5; count += 1) expect(await attempt()).toBe('served');
  expect(await attempt('::1')).toBe('served');
  expect(await attempt('::1')).toBe('cut');
});

it('the connections of the process are limited', async () => {
  await start({ max: 2, maxPerNetwork: 100 });
  expect(await attempt()).toBe('served');
  expect(await attempt('::1')).toBe('served');
  expect(await attempt()).toBe('cut');
});
