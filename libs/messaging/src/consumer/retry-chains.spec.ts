import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { CompanyDeleted } from '@convene/contracts/events/companies-deleted';
import { CompanyUpdated } from '@convene/contracts/events/companies-updated';
import { newId } from '@convene/prisma/ids';
import { writeHeaders } from '../headers';
import { OnEvent } from '../reactions';
import { Sweeper } from '../sweeper/sweeper';
import { MessagingHarness, until } from '../test-support/messaging-harness';
import { levelOf, retryDelays } from '../topology/retry-levels';

/** The first delay is long enough for a sweep. */
const POLICY = { maxAttempts: 2, baseMs: 4_000 };
let runs = 0;
const parts: string[] = [];

@Controller()
class Mail {
  @OnEvent(CompanyDeleted, 'send-mail', { guarantee: 'at-least-once' })
  async sendMail(_: EventOf<typeof CompanyDeleted>): Promise<void> {
    runs++;
    throw new Error('a mistake of ours');
  }

  @OnEvent(CompanyUpdated, 'emit-frames', { guarantee: 'transient' })
  async emitFrames({ payload: { name } }: EventOf<typeof CompanyUpdated>): Promise<void> {
    parts.push(name);
    if (parts.filter((part) => part === name).length === 1) throw new Error('not now');
  }
}

it('a reaction that waits in a retry queue is not swept, and a second message of its event ends', async () => {
  const harness = await MessagingHarness.create();
  const worker = await harness.worker(['events'], [Mail], POLICY);
  const parked = async () => {
    const levels = retryDelays(POLICY).map((delay) => harness.channel.checkQueue(levelOf(delay)));
    return (await Promise.all(levels)).reduce((total, { messageCount }) => total + messageCount, 0);
  };
  const payload = { companyId: newId(), companyName: 'Acme' };
  await until(() => harness.prisma.reaction.findFirst({ where: { name: 'send-mail' } }));
  const eventId = harness.send('events', CompanyDeleted, payload);
  const row = { id: eventId, type: CompanyDeleted.type, payload, publishedAt: new Date(), internal: false };
  await harness.prisma.domainEvent.create({ data: row });
  await until(async () => (await parked()) === 1);
  expect(await worker.get(Sweeper).sweep('events', 0)).toBe(0);

  // As a sweep would have sent it, had it not known.
  const event = { id: eventId, type: CompanyDeleted.type, occurredAt: new Date().toISOString(), payload };
  const body = { ...event, actorId: null, companyId: null, membershipVersion: null };
  const headers = writeHeaders({ attempt: 1, chain: 'sweep' });
  harness.channel.sendToQueue('events', Buffer.from(JSON.stringify(body)), { messageId: eventId, headers });
  await until(() => runs === 2);
  await until(async () => (await harness.channel.checkQueue('events')).messageCount === 0);
  await until(() => harness.prisma.processedReaction.findFirst({ where: { eventId, state: 'dead' } }));
  expect(await parked()).toBe(0);
  expect(runs).toBe(3);
  await until(async () => (await harness.channel.checkQueue('events.dlq')).messageCount === 1);
  await harness.close();
});

it('each message with a part of an event’s frames is retried', async () => {
  const harness = await MessagingHarness.create();
  await harness.worker(['events'], [Mail], { maxAttempts: 2, baseMs: 50 });
  const id = newId();
  for (const name of ['one', 'two']) {
    harness.send('events', CompanyUpdated, { companyId: newId(), name, isPublic: true }, { id });
  }
  await until(() => parts.length === 4);
  expect(parts.toSorted()).toEqual(['one', 'one', 'two', 'two']);
  await harness.close();
});
