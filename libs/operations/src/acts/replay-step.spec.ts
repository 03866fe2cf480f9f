import { InviteRevoked } from '@convene/contracts/events/invites-revoked';
import { Broker } from '@convene/messaging/broker';
import { Publisher } from '@convene/messaging/publisher';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { declareExchanges, declareQueues } from '@convene/messaging/topology/declare';
import { QueueProbe } from '@convene/messaging/topology/queue-probe';
import { HealthRegistry } from '@convene/observability/health';
import type { Database } from '@convene/prisma/database/database';
import { newId } from '@convene/prisma/ids';
import { databaseAs } from '@convene/prisma/test-support/database-as';
import { ActStore } from './act-store';
import { ReplayStep } from './replay-step';

const REACTION = 'react-in-step-spec';
const QUEUE = 'events.invites';
/** Of messages to one reaction. */
const MAX_SENDS = 5;
const HOUR = 3_600_000;

let servers: MessagingHarness;
let database: Database;
let broker: Broker;
let step: ReplayStep;
beforeAll(async () => {
  servers = await MessagingHarness.create();
  await declareExchanges(servers.channel);
  await declareQueues(servers.channel);
  await servers.prisma.reaction.create({ data: { name: REACTION, eventType: InviteRevoked.type, queue: QUEUE } });
  database = databaseAs('api-gateway', servers.database.url);
  broker = await Broker.connect([servers.rabbitmqUrl], new HealthRegistry(), false);
  const probe = new QueueProbe(broker, 'spec');
  await until(() => probe.ask(QUEUE));
  step = new ReplayStep(database, new Publisher(broker), probe);
});
afterAll(async () => {
  await broker.onApplicationShutdown();
  await database.onApplicationShutdown();
  await servers.close();
});
beforeEach(async () => {
  await servers.channel.purgeQueue(QUEUE);
  await servers.prisma.$executeRawUnsafe('TRUNCATE inbox, reaction_waits, domain_events');
});

interface ItemFacts {
  readonly state?: 'planned' | 'taken' | 'sent';
  readonly sends?: number;
}

/** A replay with one item, of an event that is stored, which is due to be looked at. */
async function act({ state = 'sent', sends = 1 }: ItemFacts = {}) {
  const { prisma } = servers;
  const [id, eventId] = [newId(), newId()];
  const payload = { inviteId: newId(), companyId: newId(), companyName: 'Acme', inviteeId: null };
  await prisma.domainEvent.create({
    data: { id: eventId, type: InviteRevoked.type, payload, publishedAt: new Date() },
  });
  const facts = { operator: 'ana', command: 'dlq replay', filter: {}, reason: 'spec', rate: 50 };
  await prisma.operatorAct.create({ data: { id, ...facts, counts: { [state]: 1 } } });
  const item = { actId: id, eventId, reaction: REACTION, state, sends, error: 'no template', nextAt: new Date(0) };
  await prisma.operatorActItem.create({ data: item });
  return { id, eventId, command: 'dlq replay', rate: 50 };
}

const itemOf = (actId: string) => servers.prisma.operatorActItem.findFirstOrThrow({ where: { actId } });
const countsOf = async (id: string) => (await servers.prisma.operatorAct.findUniqueOrThrow({ where: { id } })).counts;
const ledger = () => servers.prisma.processedReaction.findMany();
const ready = async () => (await servers.channel.checkQueue(QUEUE)).messageCount;

it('a message that is lost is sent again, and after five its reaction is dead again, of what it had died', async () => {
  const [first, last] = [await act({ sends: 1 }), await act({ sends: MAX_SENDS })];
  for (const each of [first, last]) await step.settle(each);
  expect(await itemOf(first.id)).toMatchObject({ state: 'taken' });
  await step.send(first);
  expect(await itemOf(first.id)).toMatchObject({ state: 'sent', sends: 2 });
  await until(async () => (await ready()) === 1);
  expect(await ledger()).toMatchObject([{ eventId: last.eventId, state: 'dead', error: 'no template' }]);
  await step.settle(last);
  expect([await countsOf(first.id), await countsOf(last.id)]).toEqual([{ sent: 1 }, { dead: 1 }]);
});

it('what waits for infrastructure is neither sent again nor given up, however long it takes', async () => {
  const waiting = await act({ sends: MAX_SENDS });
  const wait = { eventId: waiting.eventId, reaction: REACTION, queue: QUEUE, chain: `act ${waiting.id}` };
  await servers.prisma.reactionWait.create({ data: { ...wait, dueAt: new Date(Date.now() + HOUR) } });
  await step.settle(waiting);
  expect(await itemOf(waiting.id)).toMatchObject({ state: 'sent', sends: MAX_SENDS });
  expect(await ledger()).toEqual([]);
});

it('what may be in a backlog, or in a queue that is paused, is neither sent again nor given up', async () => {
  const [early, late] = [await act({ sends: 1 }), await act({ sends: MAX_SENDS })];
  servers.channel.sendToQueue(QUEUE, Buffer.from('{}'));
  await until(async () => (await ready()) === 1);
  for (const each of [early, late]) {
    await step.settle(each);
    const { state, nextAt } = await itemOf(each.id);
    expect({ state, isLater: nextAt.getTime() > Date.now() }).toEqual({ state: 'sent', isLater: true });
  }
  expect(await ledger()).toEqual([]);
});

it('what was taken, and whose event is gone since, is dead again, and impossible', async () => {
  const gone = await act({ state: 'taken' });
  await servers.prisma.domainEvent.delete({ where: { id: gone.eventId } });
  await step.send(gone);
  expect(await itemOf(gone.id)).toMatchObject({ state: 'impossible', error: 'the event is no longer stored' });
  expect(await ledger()).toMatchObject([{ eventId: gone.eventId, state: 'dead', error: 'no template' }]);
  expect(await new ActStore(database).left(gone.id)).toEqual({ isRunning: true, planned: 0, open: 0 });
  expect(await ready()).toBe(0);
});

it('the counts of an act follow its items', async () => {
  const planned = await act({ state: 'planned' });
  await servers.prisma.processedReaction.create({
    data: { eventId: planned.eventId, reaction: REACTION, state: 'dead' },
  });
  expect(await step.take(planned, 10)).toBe(1);
  expect(await countsOf(planned.id)).toEqual({ taken: 1 });
  expect(await ledger()).toEqual([]);
  await step.send(planned);
  expect(await countsOf(planned.id)).toEqual({ sent: 1 });
  await servers.prisma.processedReaction.create({
    data: { eventId: planned.eventId, reaction: REACTION, state: 'done' },
  });
  await step.settle(planned);
  expect(await countsOf(planned.id)).toEqual({ done: 1 });
});
