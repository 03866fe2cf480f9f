import { setTimeout as wait } from 'node:timers/promises';
import { HealthRegistry } from '@convene/observability/health';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestVhost } from '@convene/testing/test-vhost';
import { Broker } from './broker';
import { Publisher } from './publisher';

/** Twice the window, and more. */
const MESSAGES = 1_200;

it('the publisher answers for every message, also for those that wait for the window while the connection is lost', async () => {
  const proxy = await TcpProxy.to((await createTestVhost()).url);
  const broker = await Broker.connect([proxy.url], new HealthRegistry(), false);
  const publisher = new Publisher(broker);
  while (!publisher.connected) await wait(5);
  proxy.freeze();
  const body = Buffer.from('{}');
  const publications = Array.from({ length: MESSAGES }, (_, n) =>
    publisher.publish({ exchange: '', routingKey: 'none', messageId: String(n), body, headers: {} }),
  );
  proxy.cut();
  expect(await Promise.all(publications)).toEqual(Array(MESSAGES).fill('unknown'));
  await broker.onApplicationShutdown();
  await proxy.close();
}, 20_000);

it('the publisher waits five seconds for each confirm, whatever else is published meanwhile, and goes on afterwards', async () => {
  const vhost = await createTestVhost();
  const proxy = await TcpProxy.to(vhost.url);
  const broker = await Broker.connect([proxy.url], new HealthRegistry(), false);
  const publisher = new Publisher(broker);
  while (!publisher.connected) await wait(5);
  const publish = async () => {
    const sentAt = performance.now();
    const message = { exchange: '', routingKey: 'none', messageId: 'id', body: Buffer.from('{}'), headers: {} };
    return { outcome: await publisher.publish(message), seconds: Math.round((performance.now() - sentAt) / 1_000) };
  };
  expect((await publish()).outcome).toBe('returned');
  proxy.freeze();
  const first = publish();
  await wait(2_000);
  const unconfirmed = { outcome: 'unknown', seconds: 5 };
  expect(await Promise.all([first, publish()])).toEqual([unconfirmed, unconfirmed]);
  expect(publisher.inFlight).toBe(0);
  proxy.cut();
  proxy.restore();
  while ((await publish()).outcome !== 'returned') await wait(50);
  await broker.onApplicationShutdown();
  await proxy.close();
}, 30_000);
