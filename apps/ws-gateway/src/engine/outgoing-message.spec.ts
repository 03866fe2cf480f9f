import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { io, type Socket as ClientSocket } from 'socket.io-client';
import { OutgoingMessage } from './outgoing-message';

/** As both of its ends see it. */
interface TestConnection {
  readonly socket: Socket;
  readonly client: ClientSocket;
}

let http: HttpServer;
let server: Server;
const connections: TestConnection[] = [];

beforeAll(async () => {
  http = createServer();
  server = new Server(http, { perMessageDeflate: false });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  for (const { socket, client } of connections) {
    // A client that polls says goodbye with one more request.
    const gone = new Promise((resolve) => socket.conn.once('close', resolve));
    client.disconnect();
    await gone;
  }
  await server.close();
});

async function connection(transport: 'websocket' | 'polling'): Promise<TestConnection> {
  const { port } = http.address() as AddressInfo;
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = io(`http://127.0.0.1:${port}`, { transports: [transport], reconnection: false });
  const connected = new Promise<void>((resolve) => client.once('connect', resolve));
  const [socket] = await Promise.all([accepted, connected]);
  connections.push({ socket, client });
  return { socket, client };
}

const tcpOf = ({ conn }: Socket) => (conn.transport as unknown as { socket: { _socket: TcpSocket } }).socket._socket;
const heard = (client: ClientSocket) => new Promise((resolve) => client.once('event', resolve));

/** Bytes of a WebSocket message that is `4`, `2` and the JSON of an event with this text. */
const around = Buffer.byteLength('42["event",{"text":""}]');

// Where RFC 6455 begins to write the length in another way, and a text whose bytes are not its characters.
const texts = [125, 126, 65_535, 65_536, 200_000].map((bytes) => 'x'.repeat(bytes - around));
texts.push('', 'Olá, 世界 🎉 \u2028 "quoted" \\', '🎉'.repeat(20_000));

it.each(['websocket', 'polling'] as const)(
  'an outgoing message of any length arrives unchanged over %s',
  async (transport) => {
    const { socket, client } = await connection(transport);
    for (const text of texts) {
      const arrival = heard(client);
      new OutgoingMessage('event', { text }).sendTo(socket);
      expect(await arrival).toEqual({ text });
    }
  },
);

it('an outgoing message is encoded once for all sockets and written once per socket', async () => {
  const all = [await connection('websocket'), await connection('websocket'), await connection('polling')];
  const writes = all.slice(0, 2).map(({ socket }) => jest.spyOn(tcpOf(socket), 'write'));
  const stringify = jest.spyOn(JSON, 'stringify');
  const message = new OutgoingMessage('event', { text: 'one' });
  const arrivals = all.map(({ client }) => heard(client));
  for (const { socket } of all) message.sendTo(socket);
  expect(stringify).toHaveBeenCalledTimes(1);
  stringify.mockRestore();
  const [first, second] = writes.map(({ mock }) => mock.calls);
  expect([first?.length, second?.length]).toEqual([1, 1]);
  expect(first?.[0]?.[0]).toBe(second?.[0]?.[0]);
  expect(await Promise.all(arrivals)).toEqual([{ text: 'one' }, { text: 'one' }, { text: 'one' }]);
});
