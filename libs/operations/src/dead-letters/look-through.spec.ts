import type { Socket } from 'node:net';
import amqplib, { type ChannelModel, type Message } from 'amqplib';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { declareExchanges, declareQueues } from '@convene/messaging/topology/declare';
import { deadLetterQueueOf } from '@convene/messaging/topology/queues';
import { headersAnew, lookThrough, returnsAllowed } from './look-through';

const QUEUE = deadLetterQueueOf('invites');

let servers: MessagingHarness;
let connection: ChannelModel;
beforeAll(async () => {
  servers = await MessagingHarness.create();
  await declareExchanges(servers.channel);
  await declareQueues(servers.channel);
  connection = await amqplib.connect(servers.rabbitmqUrl);
});
afterAll(async () => {
  await connection.close();
  await servers.close();
});

const put = (text: string, headers: Record<string, unknown> = {}) =>
  void servers.channel.sendToQueue(QUEUE, Buffer.from(text), { headers, persistent: true });
const ready = async () => (await servers.channel.checkQueue(QUEUE)).messageCount;

async function look(maxReturns: number, limit = 10): Promise<string[]> {
  const seen: string[] = [];
  const keep = (message: Message) => Promise.resolve(put(message.content.toString(), headersAnew(message)));
  await lookThrough(connection, QUEUE, { limit, maxReturns, keep }, ({ content }) => seen.push(content.toString()));
  return seen;
}

it('a message that has come back as often as it may is put in anew, at the end; the others keep their places', async () => {
  for (const text of ['a', 'b', 'c']) put(text);
  await until(async () => (await ready()) === 3);
  const seen: string[] = [];
  for (let round = 0; round < 6; round++) seen.push((await look(2, 2)).join(''));
  expect(seen).toEqual(['ab', 'ab', 'ab', 'ca', 'ca', 'ca']);
  expect(await look(2)).toEqual(['b', 'c', 'a']);
}, 30_000);

it('a look whose connection is lost in the middle leaves the messages in their order', async () => {
  await servers.channel.purgeQueue(QUEUE);
  const texts = Array.from({ length: 450 }, (_, index) => String(index));
  for (const text of texts) put(text);
  await until(async () => (await ready()) === texts.length);
  const doomed = await amqplib.connect(servers.rabbitmqUrl);
  doomed.on('error', () => undefined);
  const { stream } = doomed.connection as unknown as { stream: Socket };
  const bounds = { limit: 1_000, maxReturns: Infinity, keep: () => Promise.resolve() };
  const look = lookThrough(doomed, QUEUE, bounds, ({ content }) => {
    if (content.toString() === '200') stream.destroy(new Error('cut'));
  });
  await expect(look).rejects.toThrow();
  await until(async () => (await ready()) === texts.length);
  expect((await servers.drain(QUEUE)).map(({ content }) => content.toString())).toEqual(texts);
}, 30_000);

it('a broker that does not drop what came back may take it back without end', () => {
  const of = (version: string) => ({ connection: { serverProperties: { version } } }) as never as ChannelModel;
  expect(returnsAllowed(of('3.13.7'))).toBe(Infinity);
  expect(returnsAllowed(of('4.1.4'))).toBeLessThan(20);
});
