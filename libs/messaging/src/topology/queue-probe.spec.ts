import { HealthRegistry } from '@convene/observability/health';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestVhost } from '@convene/testing/test-vhost';
import { Broker } from '../broker';
import { until } from '../test-support/messaging-harness';
import { QueueProbe } from './queue-probe';

it('a queue that does not exist is told from a broker that cannot be asked', async () => {
  const proxy = await TcpProxy.to((await createTestVhost()).url);
  const broker = await Broker.connect([proxy.url], new HealthRegistry(), false);
  const probe = new QueueProbe(broker, 'spec');
  const helper = broker.channel('helper', async (channel) => void (await channel.assertQueue('known')));
  await until(() => helper.current);
  expect(await until(() => probe.ask('known'))).toMatchObject({ messageCount: 0, consumerCount: 0 });
  expect(await probe.ask('unknown')).toBeNull();
  expect(await until(() => probe.ask('known'))).toMatchObject({ messageCount: 0 });

  proxy.cut();
  expect(await probe.ask('known')).toBeUndefined();
  await probe.close();
  await helper.close();
  await broker.onApplicationShutdown();
  await proxy.close();
});
