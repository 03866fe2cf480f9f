import amqplib from 'amqplib';
import { HealthRegistry } from '@convene/observability/health';
import { createTestVhost } from '@convene/testing/test-vhost';
import { Broker } from '../broker';
import { Publisher } from '../publisher';
import { until } from '../test-support/messaging-harness';
import { declareQueues, declareRetryLevels } from './declare';
import { definitionsOf } from './definitions';
import { QUEUES } from './queues';

const POLICY = { maxAttempts: 5, baseMs: 1_000 };

let url: string;
beforeAll(async () => {
  ({ url } = await createTestVhost());
});

const connect = (to: string) => Broker.connect([to], new HealthRegistry(), false);

it('a process whose URL says declare=off declares nothing, and publishes to what is there', async () => {
  const broker = await connect(`${url}?declare=off`);
  const publisher = new Publisher(broker);
  await until(() => publisher.connected);
  const message = { routingKey: 'events', messageId: 'm', body: Buffer.from('{}'), headers: {} };
  expect(await publisher.publish({ ...message, exchange: '' })).toBe('returned');
  const connection = await amqplib.connect(url);
  for (const queue of QUEUES) {
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    await expect(channel.checkQueue(queue)).rejects.toThrow('NOT_FOUND');
  }
  await connection.close();
  await broker.onApplicationShutdown();
});

it('what a broker loads is what the apps declare', async () => {
  const broker = await connect(url);
  const definitions = await definitionsOf('/', POLICY);
  const checked = broker.channel('spec', async (channel) => {
    await declareQueues(channel);
    await declareRetryLevels(channel, POLICY);
    // With other arguments each of these would close the channel.
    for (const { name, type, arguments: given } of definitions.exchanges)
      await channel.assertExchange(name, type, { durable: true, arguments: given });
    for (const { name, arguments: given } of definitions.queues)
      await channel.assertQueue(name, { durable: true, arguments: given });
  });
  await until(() => checked.current);
  await broker.onApplicationShutdown();
});

it.each(['no', ''])('declare=%s in a URL is refused: it is neither on nor off', async (value) => {
  await expect(connect(`${url}?declare=${value}`)).rejects.toThrow(
    `RABBITMQ_URL: declare=${value} is neither on nor off`,
  );
});
