import amqplib, { type ChannelModel, type ConfirmChannel, type ConsumeMessage } from 'amqplib';
import { createTestVhost } from '@convene/testing/test-vhost';
import { Acknowledgements } from './acknowledgements';

const QUEUE = 'acknowledged';
const COUNT = 30;

describe('Acknowledgements', () => {
  let connection: ChannelModel;
  let channel: ConfirmChannel;
  let acknowledgements: Acknowledgements;
  /** Deliveries of the channel, by delivery tag. */
  let messages: Map<number, ConsumeMessage>;

  beforeAll(async () => {
    connection = await amqplib.connect((await createTestVhost()).url);
  });
  afterAll(() => connection.close());

  beforeEach(async () => {
    channel = await connection.createConfirmChannel();
    await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    for (let index = 1; index <= COUNT; index++) channel.sendToQueue(QUEUE, Buffer.from(String(index)));
    await channel.waitForConfirms();
    messages = new Map();
    acknowledgements = new Acknowledgements(channel);
    await consume(COUNT);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    const cleaner = await connection.createChannel();
    await cleaner.deleteQueue(QUEUE);
    await cleaner.close();
  });

  const consume = (count: number) =>
    new Promise<void>((resolve) => {
      void channel.consume(QUEUE, (message) => {
        messages.set(message!.fields.deliveryTag, message!);
        acknowledgements.begin(message!);
        if (messages.size === count) resolve();
      });
    });

  const ack = (...tags: number[]) => tags.forEach((tag) => acknowledgements.ack(messages.get(tag)!));
  const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

  /** What comes again once the channel is closed: the broker had no acknowledgement of it. */
  async function redelivered(): Promise<number[]> {
    await channel.close();
    return queued();
  }

  /** Asks for each message: a queue says how many it has before it has taken back those of a closed channel. */
  async function queued(): Promise<number[]> {
    const reader = await connection.createChannel();
    const found: number[] = [];
    for (let message; (message = await reader.get(QUEUE, { noAck: true }));) found.push(Number(message.content));
    await reader.close();
    return found.sort((a, b) => a - b);
  }

  it('settles what is done in one turn, from the first on, with one frame', async () => {
    const frames = jest.spyOn(channel, 'ack');
    ack(...range(1, 20));
    await turn();
    ack(...range(21, 25));
    await turn();
    expect(frames.mock.calls.map(([{ fields }, upTo]) => [fields.deliveryTag, upTo])).toEqual([
      [20, true],
      [25, true],
    ]);
    expect(await redelivered()).toEqual(range(26, COUNT));
  });

  it('acknowledges what is done behind a message in work at once, and never the one in work', async () => {
    ack(1, 2, 4, 5, 8);
    await turn();
    ack(7, 6);
    await turn();
    expect(await redelivered()).toEqual([3, ...range(9, COUNT)]);
  });

  it('does not acknowledge what was given back, before or after its neighbours', async () => {
    await channel.cancel([...messages.values()][0]!.fields.consumerTag);
    acknowledgements.nack(messages.get(2)!);
    ack(1, 3, 4);
    await turn();
    acknowledgements.nack(messages.get(5)!);
    ack(6);
    await turn();
    expect(await redelivered()).toEqual([2, 5, ...range(7, COUNT)]);
  });

  it('acknowledges once what is done before a message in work, and that one alone when it is done at last', async () => {
    const frames = jest.spyOn(channel, 'ack');
    ack(...range(2, 6));
    await turn();
    ack(1);
    await turn();
    ack(7, 8);
    await turn();
    expect(frames.mock.calls.map(([{ fields }, upTo]) => [fields.deliveryTag, upTo ?? false])).toEqual([
      ...range(2, 6).map((tag) => [tag, false]),
      [1, false],
      [8, true],
    ]);
    expect(await redelivered()).toEqual(range(9, COUNT));
  });

  it('settles exactly what is done, in whatever order and turns', async () => {
    const order = range(1, COUNT).sort(() => Math.random() - 0.5);
    const [given, left, done] = [order.slice(0, 3), order.slice(3, 8), order.slice(8)];
    await channel.cancel([...messages.values()][0]!.fields.consumerTag);
    for (const [index, tag] of [...done, ...given].entries()) {
      if (given.includes(tag)) acknowledgements.nack(messages.get(tag)!);
      else ack(tag);
      if (index % 4 === 0) await turn();
    }
    acknowledgements.flush();
    expect(await redelivered()).toEqual([...given, ...left].sort((a, b) => a - b));
  });

  it('leaves a closed channel alone', async () => {
    await channel.close();
    ack(1, 2);
    acknowledgements.nack(messages.get(3)!);
    await turn();
    expect(await queued()).toEqual(range(1, COUNT));
  });
});
