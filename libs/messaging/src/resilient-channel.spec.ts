import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type AmqpConnectionManager, connect } from 'amqp-connection-manager';
import type { ConfirmChannel } from 'amqplib';
import { createTestVhost } from '@convene/testing/test-vhost';
import { ResilientChannel } from './resilient-channel';

/** Long enough for a reopening that follows from the one before, which took 270 ms. */
const QUIET_MS = 3_000;
const QUEUE = 'consumed';

describe('ResilientChannel', () => {
  let connection: AmqpConnectionManager;
  let setups: ConfirmChannel[];
  let resilient: ResilientChannel;
  let failing: boolean;

  beforeAll(async () => {
    connection = connect([(await createTestVhost()).url], { reconnectTimeInSeconds: 0.1 });
    await connection.connect();
  });
  afterAll(() => connection.close());

  beforeEach(async () => {
    setups = [];
    failing = false;
    resilient = new ResilientChannel(connection, 'spec', consume);
    await opened(1);
  });
  afterEach(() => resilient.close());

  async function consume(channel: ConfirmChannel): Promise<void> {
    setups.push(channel);
    if (failing) throw new Error('not now');
    await channel.assertQueue(QUEUE, { durable: true });
    await channel.consume(QUEUE, (message) => {
      if (!message) resilient.reopen('the queue was deleted', channel);
    });
  }

  const opened = async (count: number) => {
    while (setups.length < count || resilient.current !== setups.at(-1)) await wait(10);
  };

  /** Opened so many times in all, and not again. */
  const openedOnce = async (count: number) => {
    await opened(count);
    await wait(QUIET_MS);
    expect(setups.length).toBe(count);
    expect(resilient.current).toBe(setups.at(-1));
    expect((await resilient.current?.checkQueue(QUEUE))?.consumerCount).toBe(1);
  };

  it('reopens once when its queue is deleted, and then stays', async () => {
    await setups[0]?.deleteQueue(QUEUE);
    await openedOnce(2);
  });

  it('reopens once per fault', async () => {
    for (let faults = 1; faults <= 3; faults++) {
      await resilient.current?.deleteQueue(QUEUE);
      await opened(faults + 1);
    }
    await openedOnce(4);
  });

  it('reopens once when the broker closes it for a failed precondition', async () => {
    await expect(setups[0]?.assertQueue(QUEUE, { durable: false })).rejects.toThrow('406');
    await openedOnce(2);
  });

  it('reopens once when the connection is lost', async () => {
    const { connection: lost } = connection as unknown as { connection: { connection: { stream: Socket } } };
    lost.connection.stream.destroy(new Error('cut'));
    await openedOnce(2);
  });

  it('reopens once for several reports of a fault, and not for events of its former channel', async () => {
    const [first] = setups;
    resilient.reopen('a reason', first);
    resilient.reopen('another reason', first);
    await opened(2);
    resilient.reopen('a late report', first);
    await openedOnce(2);
  });

  it('retries a failing setup with growing pauses until it succeeds', async () => {
    failing = true;
    resilient.reopen('a reason');
    await wait(QUIET_MS);
    // 250, 500 and 1,000 ms after each other; the next would be due at 3,750 ms.
    expect(setups.length).toBeGreaterThanOrEqual(3);
    expect(setups.length).toBeLessThanOrEqual(5);
    expect(resilient.current).toBeUndefined();
    failing = false;
    await openedOnce(setups.length + 1);
  });

  it('does not reopen after it is closed', async () => {
    await setups[0]?.deleteQueue(QUEUE);
    await resilient.close();
    await wait(QUIET_MS / 3);
    expect(setups.length).toBe(1);
    expect(resilient.current).toBeUndefined();
  });
});
