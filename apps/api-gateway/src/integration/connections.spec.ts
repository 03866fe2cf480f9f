import { type AddressInfo, connect, type Socket } from 'node:net';
import { ApiHarness } from '../test-support/api-harness';

let api: ApiHarness;
let port: number;
const open: Socket[] = [];
beforeAll(async () => {
  api = await ApiHarness.start({ API_MAX_CONNECTIONS: '20', API_MAX_CONNECTIONS_PER_ADDRESS: '5' });
  await api.app.listen(0, '127.0.0.1');
  ({ port } = api.app.getHttpServer().address() as AddressInfo);
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  await api.stop();
});

/** A connection from an address of 127.0.0.0/8 that says nothing. */
function silent(localAddress: string): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => undefined);
  open.push(socket);
  return socket;
}

function live(localAddress: string): Promise<string> {
  const socket = silent(localAddress);
  socket.write('GET /health/live HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n');
  return new Promise((resolve) => {
    socket.once('data', (data) => resolve(String(data).split('\r\n')[0] ?? ''));
    socket.once('close', () => resolve('cut'));
  });
}

/** Waits until so many of them are cut off. */
async function cutOff(connections: Socket[], count: number): Promise<void> {
  while (connections.filter(({ closed }) => closed).length < count) await new Promise(setImmediate);
}

it('the api-gateway closes connections beyond the limit of an address, and serves other addresses', async () => {
  const mallory = Array.from({ length: 12 }, () => silent('127.0.0.2'));
  await cutOff(mallory, 7);
  expect(await live('127.0.0.2')).toBe('cut');
  expect(await live('127.0.0.3')).toBe('HTTP/1.1 200 OK');
  expect(mallory.filter(({ closed }) => closed)).toHaveLength(7);
});

it('the api-gateway closes connections beyond the limit of the process', async () => {
  const many = Array.from({ length: 30 }, (_, index) => silent(`127.0.1.${index + 1}`));
  await cutOff(many, 15); // 5 of the test above are open
  expect(await live('127.0.0.3')).toBe('cut');
  for (const socket of many) socket.destroy();
  while ((await live('127.0.0.3')) === 'cut') await new Promise(setImmediate);
});
