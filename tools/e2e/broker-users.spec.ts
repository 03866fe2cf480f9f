import amqplib, { type ConfirmChannel } from 'amqplib';
import { BROKER_USERS } from '@convene/messaging/topology/permissions';
import {
  CONSUMERS,
  deadLetterQueueOf,
  directExchangeOf,
  EXCHANGE,
  QUEUES,
  queuesOf,
} from '@convene/messaging/topology/queues';
import {
  levelOf,
  RETRY_EXCHANGE,
  RETURN_EXCHANGE,
  UNROUTABLE_EXCHANGE,
} from '@convene/messaging/topology/retry-levels';
import { type DeployedBroker, hasRabbitmq, startDeployedBroker } from './test-support/deployed-broker';
import { runReadmeTour } from './test-support/readme-tour';
import { TestSystem, until } from './test-support/test-system';

jest.setTimeout(180_000);

const WORKERS = [...new Set<string>(Object.values(CONSUMERS))];
const check = hasRabbitmq ? describe : describe.skip;

check('under the permissions of deploy/rabbitmq/definitions.json', () => {
  let broker: DeployedBroker;
  beforeAll(async () => {
    broker = await startDeployedBroker();
  });
  afterAll(() => broker.stop());

  /** Runs `work` on a channel of the user. @returns why the broker refuses it, or `allowed`. */
  async function refusal(app: string, work: (channel: ConfirmChannel) => Promise<unknown>): Promise<string> {
    const connection = await amqplib.connect(broker.urlOf(app));
    connection.on('error', () => undefined);
    try {
      const channel = await connection.createConfirmChannel();
      const closed = new Promise<string>((resolve) => channel.on('error', ({ message }: Error) => resolve(message)));
      const done = work(channel).then(
        () => 'allowed',
        ({ message }: Error) => message,
      );
      return await Promise.race([closed, done]);
    } finally {
      await connection.close().catch(() => undefined);
    }
  }
  const publish = (exchange: string, key: string) => async (channel: ConfirmChannel) => {
    channel.publish(exchange, key, Buffer.from('{}'));
    await channel.waitForConfirms();
  };
  const REFUSED = expect.stringContaining('ACCESS_REFUSED') as string;

  it('every app starts, people are invited and write to each other, and what cannot be read is a dead letter', async () => {
    const { url: rabbitmqUrl, rabbitmqUrlOf } = broker;
    await TestSystem.with({ rabbitmqUrl, rabbitmqUrlOf }, async (system) => {
      await runReadmeTour(system);
      const pairs = await system.connectPairs(2, { together: true });
      for (let message = 0; message < 8; message++) await pairs.message();
      await pairs.settled(20_000);
      await system.quiet();
      expect(await system.faults(pairs)).toEqual([]);
      expect(await system.deadLetters()).toBe(0);
      await system.withBroker(async (channel) => {
        for (const queue of QUEUES) channel.sendToQueue(queue, Buffer.from('not JSON'), { messageId: 'x' });
        // What is written to the channel leaves before its close is answered.
        await channel.close();
      });
      await until(async () => (await system.deadLetters()) === QUEUES.length);
    });
  });

  it.each(WORKERS)('%s reads its own queues, and no other', async (app) => {
    for (const queue of QUEUES) {
      const expected = queuesOf(app).includes(queue) ? 'allowed' : REFUSED;
      expect([queue, await refusal(app, (channel) => channel.get(queue))]).toEqual([queue, expected]);
      const letters = deadLetterQueueOf(queue);
      expect([letters, await refusal(app, (channel) => channel.consume(letters, () => undefined))]).toEqual([
        letters,
        REFUSED,
      ]);
    }
    expect(await refusal(app, (channel) => channel.get(levelOf(1_000)))).toEqual(REFUSED);
  });

  it('the api-gateway reads dead letters, and no queue', async () => {
    for (const queue of QUEUES) {
      expect(await refusal('api-gateway', (channel) => channel.get(queue))).toEqual(REFUSED);
      expect(await refusal('api-gateway', (channel) => channel.get(deadLetterQueueOf(queue)))).toBe('allowed');
    }
  });

  it.each(BROKER_USERS)('%s writes events and where it has to, and nowhere else', async (app) => {
    const direct = (others: boolean) =>
      WORKERS.filter((worker) => (worker === app || app === 'api-gateway') !== others).map(directExchangeOf);
    const allowed = [EXCHANGE, ...(app === 'api-gateway' ? [] : [RETRY_EXCHANGE]), ...direct(false)];
    for (const exchange of allowed)
      expect([exchange, await refusal(app, publish(exchange, 'none'))]).toEqual([exchange, 'allowed']);
    const parking = app === 'api-gateway' ? [RETRY_EXCHANGE] : [];
    for (const exchange of ['', 'amq.topic', RETURN_EXCHANGE, UNROUTABLE_EXCHANGE, ...parking, ...direct(true)])
      expect([exchange, await refusal(app, publish(exchange, 'events'))]).toEqual([exchange, REFUSED]);
  });

  it.each(BROKER_USERS)('%s declares, binds and deletes nothing, and empties no queue of others', async (app) => {
    const acts: ((channel: ConfirmChannel) => Promise<unknown>)[] = [
      (channel) => channel.assertQueue('mine'),
      (channel) => channel.assertQueue('', { exclusive: true }),
      (channel) => channel.assertExchange('mine', 'topic'),
      (channel) => channel.bindQueue('invites', EXCHANGE, '#'),
      (channel) => channel.bindExchange('amq.topic', EXCHANGE, '#'),
      (channel) => channel.purgeQueue(app === 'api-gateway' ? 'events' : 'events.dlq'),
      (channel) => channel.deleteQueue('events'),
      (channel) => channel.deleteExchange(EXCHANGE),
    ];
    for (const act of acts) expect(await refusal(app, act)).toEqual(REFUSED);
  });
});
