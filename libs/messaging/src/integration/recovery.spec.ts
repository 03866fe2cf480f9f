import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { CompanyDeleted } from '@convene/contracts/events/companies-deleted';
import { newId } from '@convene/prisma/ids';
import { withClockOffBy } from '@convene/testing/process-clock';
import { WorkerTransport } from '../consumer/worker-transport';
import { newEvent } from '../outbox/append';
import { OutboxStore } from '../outbox/outbox-store';
import { OnEvent } from '../reactions';
import { Sweeper } from '../sweeper/sweeper';
import { MessagingHarness, until } from '../test-support/messaging-harness';
import { declareQueue } from '../topology/declare';
import { EXCHANGE, QUEUES } from '../topology/queues';

const gates = new Map<string, Promise<void>>();
const started: string[] = [];
const seen: string[] = [];

@Controller()
class See {
  @OnEvent(CompanyDeleted, 'see', { guarantee: 'at-least-once' })
  async see({ payload: { companyName: name } }: EventOf<typeof CompanyDeleted>): Promise<void> {
    started.push(name);
    await gates.get(name);
    seen.push(name);
  }
}

describe('recovery of messaging', () => {
  let harness: MessagingHarness;
  beforeEach(async () => {
    harness = await MessagingHarness.create();
    seen.length = 0;
  });
  afterEach(() => harness.close());

  const create = async (writer: Awaited<ReturnType<MessagingHarness['writer']>>, name: string) =>
    writer.outbox.transaction(async (_, append) => {
      const payload = { companyId: newId(), companyName: name };
      const [id = ''] = await append.now([newEvent(CompanyDeleted, payload, { actorId: null })]);
      return id;
    });

  const pending = () => harness.prisma.domainEvent.count({ where: { publishedAt: null } });

  it('a publisher declares the queues, so that an event has a queue before its first worker runs', async () => {
    const writer = await harness.writer();
    await create(writer, 'early');
    await until(async () => (await pending()) === 0);
    expect((await harness.channel.checkQueue('events')).messageCount).toBe(1);
    await harness.worker(['events'], [See]);
    await until(() => seen.includes('early'));
  });

  it('an unroutable event stays in the outbox until its queue is bound again under a running worker', async () => {
    await harness.worker(['events'], [See]);
    const writer = await harness.writer();
    await create(writer, 'bound');
    await until(() => seen.includes('bound'));
    await harness.channel.unbindQueue('events', EXCHANGE, `${CompanyDeleted.family}.#`);
    await create(writer, 'unbound');
    await until(() => seen.includes('unbound'));
    await until(async () => (await pending()) === 0);
    expect(seen).toEqual(['bound', 'unbound']);
  });

  it('several relays publish each event once', async () => {
    await declareQueue(harness.channel, 'events', { maxAttempts: 3, baseMs: 50 });
    const writers = await Promise.all([harness.writer(), harness.writer(), harness.writer()]);
    await Promise.all(Array.from({ length: 60 }, (_, n) => create(writers[n % 3] as (typeof writers)[0], `n${n}`)));
    await until(async () => (await pending()) === 0);
    const messages = await harness.drain('events');
    expect(new Set(messages.map((message) => String(message.properties.messageId))).size).toBe(60);
    expect(messages).toHaveLength(60);
    expect(messages[0]?.properties.deliveryMode).toBe(2);
  });

  it('a relay claims no row of its own process: it was inserted with a claim, and is updated once, when it is published', async () => {
    await declareQueue(harness.channel, 'events', { maxAttempts: 3, baseMs: 50 });
    const [writer] = await Promise.all([harness.writer(), harness.writer()]);
    await create(writer, 'first');
    await until(async () => (await pending()) === 0);
    const claim = jest.spyOn(OutboxStore.prototype, 'claim');
    const renew = jest.spyOn(OutboxStore.prototype, 'renew');
    for (let n = 0; n < 40; n++) await create(writer, `n${n}`);
    await until(async () => (await pending()) === 0);
    // The machine may pause for longer than a claim is fresh.
    const claimed = await Promise.all(claim.mock.results.map(({ value }) => value as Promise<unknown[]>));
    expect(claimed.flat().length + renew.mock.calls.flatMap(([ids]) => ids).length).toBeLessThan(10);
    jest.restoreAllMocks();
  });

  it('a worker whose queues are deleted declares them again, and its sweeper brings back what was in them', async () => {
    const worker = await harness.worker(['events'], [See]);
    const writer = await harness.writer();
    let open = () => {};
    gates.set('blocker', new Promise((resolve) => (open = resolve)));
    await create(writer, 'blocker');
    await until(() => started.includes('blocker'));
    const [row] = await harness.prisma.domainEvent.findMany();
    // As after a loss in the queue: published, and not processed.
    const lost = { ...row, id: newId(), occurredAt: new Date(), payload: { companyId: newId(), companyName: 'lost' } };
    await harness.prisma.domainEvent.create({ data: lost as never });
    for (const queue of QUEUES) await harness.channel.deleteQueue(queue);
    open();
    await until(consumerIsBack);
    await create(writer, 'after');
    await until(() => seen.includes('after'));

    const sweeper = worker.get(Sweeper);
    await until(async () => (await sweeper.sweep('events', 0)) === 1);
    await until(() => seen.includes('lost'));
    await until(async () => (await harness.prisma.processedReaction.count({ where: { eventId: lost.id } })) === 1);
    await until(async () => (await sweeper.sweep('events', 0)) === 0 && watermarkPassed(lost.id));

    async function consumerIsBack() {
      const probe = await harness.probe();
      const state = await probe.checkQueue('events').catch(() => undefined);
      return state?.consumerCount === 1;
    }
    async function watermarkPassed(id: string) {
      const mark = await harness.prisma.sweepWatermark.findUnique({ where: { queue: 'events' } });
      return mark !== null && mark.watermark >= id;
    }
  });

  it('a lost queue loses no event of a gateway whose clock is an hour behind', async () => {
    const worker = await harness.worker(['events'], [See]);
    const writer = await harness.writer();
    await create(writer, 'first');
    await until(() => seen.includes('first'));
    const sweeper = worker.get(Sweeper);
    const [{ id: first } = { id: '' }] = await harness.prisma.domainEvent.findMany();
    await until(async () => {
      await sweeper.sweep('events', 0);
      return ((await harness.prisma.sweepWatermark.findFirst())?.watermark ?? '') >= first;
    });
    await worker.close();
    const names = Array.from({ length: 20 }, (_, n) => `lost ${n}`);
    await withClockOffBy(-3_600_000, () => Promise.all(names.map((name) => create(writer, name))));
    await until(async () => (await pending()) === 0);
    expect(await harness.drain('events')).toHaveLength(20);

    const successor = (await harness.worker(['events'], [See])).get(Sweeper);
    await until(async () => {
      await successor.sweep('events', 0);
      return names.every((name) => seen.includes(name));
    });
    expect(seen).toHaveLength(21);
  });

  it('an event whose ledger row PostgreSQL has lost is processed again', async () => {
    const worker = await harness.worker(['events'], [See]);
    const writer = await harness.writer();
    const id = await create(writer, 'rewound');
    await until(() => harness.prisma.processedReaction.count({ where: { eventId: id } }));
    // The failover to a standby that lagged: the ledger row did not reach it.
    await harness.prisma.processedReaction.deleteMany({ where: { eventId: id } });
    await until(async () => (await worker.get(Sweeper).sweep('events', 0)) === 1);
    await until(() => harness.prisma.processedReaction.count({ where: { eventId: id } }));
    expect(seen).toEqual(['rewound', 'rewound']);
  });

  it('a stopping worker finishes its messages, takes no new ones, and leaves the rest in the queue', async () => {
    const worker = await harness.worker(['events'], [See]);
    const writer = await harness.writer();
    let open = () => {};
    gates.set('in work', new Promise((resolve) => (open = resolve)));
    const id = await create(writer, 'in work');
    await until(() => started.includes('in work'));
    const closed = worker.close();
    await until(() => !worker.get(WorkerTransport).queueConsumers.some((consumer) => consumer.consuming));
    await create(writer, 'too late');
    await until(async () => (await pending()) === 0);
    open();
    await closed;
    expect(seen).toEqual(['in work']);
    expect(await harness.prisma.processedReaction.count({ where: { eventId: id, state: 'done' } })).toBe(1);
    expect(await harness.drain('events')).toHaveLength(1);
  });
});
