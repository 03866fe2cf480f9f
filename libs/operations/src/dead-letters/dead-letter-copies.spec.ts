import { Broker } from '@convene/messaging/broker';
import { writeHeaders } from '@convene/messaging/headers';
import { Publisher } from '@convene/messaging/publisher';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { declareExchanges, declareQueues } from '@convene/messaging/topology/declare';
import { QueueProbe } from '@convene/messaging/topology/queue-probe';
import { HealthRegistry } from '@convene/observability/health';
import type { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { DeadLetterCopies } from './dead-letter-copies';

const REACTION = 'react-in-copies-spec';
const QUEUE = 'events.dlq';

let servers: MessagingHarness;
const brokers: Broker[] = [];
const databases: Database[] = [];
let passes: DeadLetterCopies[];
beforeAll(async () => {
  servers = await MessagingHarness.create();
  await declareExchanges(servers.channel);
  await declareQueues(servers.channel);
  passes = [await process(), await process()];
});
afterAll(async () => {
  for (const broker of brokers) await broker.onApplicationShutdown();
  for (const database of databases) await database.onApplicationShutdown();
  await servers.close();
});
beforeEach(async () => {
  await servers.channel.purgeQueue(QUEUE);
  await servers.prisma.processedReaction.deleteMany();
});

/** As in a process of its own. */
async function process(): Promise<DeadLetterCopies> {
  const broker = await Broker.connect([servers.rabbitmqUrl], new HealthRegistry(), false);
  const database = databaseAs('api-gateway', servers.database.url);
  brokers.push(broker);
  databases.push(database);
  const copies = new DeadLetterCopies(broker, new Publisher(broker), database);
  const probe = new QueueProbe(broker, 'spec');
  await until(() => probe.ask(QUEUE));
  return copies;
}

const ready = async () => (await servers.channel.checkQueue(QUEUE)).messageCount;

async function letters(messages: readonly { eventId: string; reaction: string; body?: string }[]): Promise<void> {
  for (const { eventId, reaction, body = '{}' } of messages) {
    const headers = writeHeaders({ attempt: 1, reaction });
    servers.channel.sendToQueue(QUEUE, Buffer.from(body), { messageId: eventId, headers, persistent: true });
  }
  await until(async () => (await ready()) === messages.length);
}

const dead = (eventIds: readonly string[]) =>
  servers.prisma.processedReaction.createMany({
    data: eventIds.map((eventId) => ({ eventId, reaction: REACTION, state: 'dead' as const })),
  });
const bodies = async () => (await servers.drain(QUEUE)).map(({ content }) => content.toString()).sort();

it('two passes at once keep a copy of every dead reaction, and one copy of each', async () => {
  const eventIds = Array.from({ length: 450 }, newId);
  await dead(eventIds);
  await letters([...eventIds, ...eventIds].map((eventId) => ({ eventId, reaction: REACTION })));
  for (let round = 0; round < 3; round++) await Promise.all(passes.map((pass) => pass.dropSettled()));
  const kept = (await servers.drain(QUEUE)).map(({ properties }) => String(properties.messageId));
  expect(kept.sort()).toEqual(eventIds.sort());
}, 60_000);

it('messages that the ledger does not know stay, also those of one event and reaction: a transient one is never recorded', async () => {
  const [frames, settled] = [newId(), newId()];
  await servers.prisma.processedReaction.create({ data: { eventId: settled, reaction: REACTION, state: 'done' } });
  await letters([
    { eventId: frames, reaction: 'emit-frames', body: '1' },
    { eventId: frames, reaction: 'emit-frames', body: '2' },
    { eventId: 'no event', reaction: '', body: '3' },
    { eventId: settled, reaction: REACTION, body: '4' },
  ]);
  await passes[0]!.dropSettled();
  expect(await bodies()).toEqual(['1', '2', '3']);
}, 30_000);

it('a look leaves the copies as they were, in their order: of one viewer or two, over a part of the queue or all of it', async () => {
  const eventIds = Array.from({ length: 450 }, newId);
  await letters(eventIds.map((eventId, index) => ({ eventId, reaction: REACTION, body: String(index) })));
  const headers = writeHeaders({ attempt: 1, reaction: REACTION });
  for (const limit of [100, 1_000]) {
    const looks = passes.map((pass) => pass.find(eventIds[70]!, ['events'], limit));
    for (const { found, isComplete } of await Promise.all(looks)) {
      expect(isComplete).toBe(limit > 450);
      expect(found.map(({ message }) => message.content.toString())).toEqual(['70']);
    }
  }
  const left = await servers.drain(QUEUE);
  expect(left.map(({ properties }) => String(properties.messageId))).toEqual(eventIds);
  for (const { properties } of left) expect(properties).toMatchObject({ headers, deliveryMode: 2 });
}, 60_000);
