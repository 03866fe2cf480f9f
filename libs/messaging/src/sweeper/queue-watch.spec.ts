import { Controller } from '@nestjs/common';
import type { Channel } from 'amqplib';
import type { EventOf } from '@convene/contracts/event';
import { CompanyDeleted } from '@convene/contracts/events/companies-deleted';
import { HealthRegistry } from '@convene/observability/health';
import { newId } from '@convene/prisma/ids';
import { WorkerTransport } from '../consumer/worker-transport';
import { OnEvent } from '../reactions';
import { MessagingHarness, until } from '../test-support/messaging-harness';
import { QueueWatch } from './queue-watch';

const seen: string[] = [];

@Controller()
class See {
  @OnEvent(CompanyDeleted, 'see', { guarantee: 'at-least-once' })
  async see({ payload: { companyName: name } }: EventOf<typeof CompanyDeleted>): Promise<void> {
    seen.push(name);
  }
}

it('a worker is not ready while the broker has no consumer of it, and consumes again by itself', async () => {
  const harness = await MessagingHarness.create();
  const worker = await harness.worker(['events'], [See]);
  const [watch, health] = [worker.get(QueueWatch), worker.get(HealthRegistry)];
  const consumers = async () => (await health.report()).checks.consumers;
  await watch.look();
  expect(await consumers()).toMatchObject({ status: 'ok' });

  const [consumer] = worker.get(WorkerTransport).queueConsumers;
  // Behind the consumer's back, as if the broker had forgotten it.
  const { subscription } = consumer as unknown as { subscription: { channel: Channel; tag: string } };
  await subscription.channel.cancel(subscription.tag);
  expect(consumer?.consuming).toBe(true);
  await watch.look();
  expect(await consumers()).toMatchObject({ status: 'down', error: 'the broker knows no consumer of events' });
  await watch.look();
  await until(async () => (await harness.channel.checkQueue('events')).consumerCount === 1);
  await until(async () => {
    await watch.look();
    return (await consumers())?.status === 'ok';
  });
  harness.send('events', CompanyDeleted, { companyId: newId(), companyName: 'Acme' });
  await until(() => seen.includes('Acme'));
  await harness.close();
});
