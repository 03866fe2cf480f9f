import { setTimeout as wait } from 'node:timers/promises';
import { HealthRegistry } from '@convene/observability/health';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestVhost } from '@convene/testing/test-vhost';
import { Broker } from './broker';
import { Publisher } from './publisher';

/** Three steps may wait for a frozen broker: the channels together, the connection, and the margin of a busy machine. */
const MAX_STOP_MS = 8_000;

describe('Broker.onApplicationShutdown', () => {
  let url: string;
  beforeAll(async () => {
    ({ url } = await createTestVhost());
  });

  async function publisherOf(brokerUrl: string): Promise<{ broker: Broker; publisher: Publisher }> {
    const broker = await Broker.connect([brokerUrl], new HealthRegistry(), false);
    const publisher = new Publisher(broker);
    while (!publisher.connected) await wait(5);
    return { broker, publisher };
  }

  const publish = (publisher: Publisher) =>
    publisher.publish({ exchange: '', routingKey: 'none', messageId: 'm', body: Buffer.from('{}'), headers: {} });

  it('closes every channel before the connection, so that no close waits for an answer in vain', async () => {
    for (let round = 0; round < 20; round++) {
      const { broker, publisher } = await publisherOf(url);
      // The channel that declares the queues may be in the middle of its set-up.
      await wait(round * 5);
      const ended: string[] = [];
      broker.connection.on('close', () => ended.push('connection'));
      const channel = broker.channel('spec', () => Promise.resolve());
      while (!channel.current) await wait(5);
      channel.current.once('close', () => ended.push('channel'));
      await broker.onApplicationShutdown();
      expect(ended[0]).toBe('channel');
      expect(await publish(publisher)).toBe('unknown');
    }
  });

  it('ends within seconds when the broker is frozen', async () => {
    const proxy = await TcpProxy.to(url);
    const { broker, publisher } = await publisherOf(proxy.url);
    proxy.freeze();
    const outcome = publish(publisher);
    const startedAt = performance.now();
    await broker.onApplicationShutdown();
    expect(performance.now() - startedAt).toBeLessThan(MAX_STOP_MS);
    await proxy.close();
    expect(await outcome).toBe('unknown');
  });
});
