import { MembershipRoleUpdated } from '@convene/contracts/events/memberships-role-updated';
import { ShowDeadLetter } from '@convene/contracts/ops/routes';
import { writeHeaders } from '@convene/messaging/headers';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { declareExchanges, declareQueues } from '@convene/messaging/topology/declare';
import { newId } from '@convene/prisma/ids';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { OperationsHarness } from '../test-support/operations-harness';

const REACTION = 'react-in-show-spec';
const QUEUE = 'events.members';

let servers: MessagingHarness;
let rabbitmq: TcpProxy;
let ops: OperationsHarness;
beforeAll(async () => {
  servers = await MessagingHarness.create();
  await declareExchanges(servers.channel);
  await declareQueues(servers.channel);
  rabbitmq = await TcpProxy.to(servers.rabbitmqUrl);
  ops = await OperationsHarness.start(servers.database.url, rabbitmq.url);
  const { type: eventType } = MembershipRoleUpdated;
  await servers.prisma.reaction.create({ data: { name: REACTION, eventType, queue: QUEUE } });
});
afterAll(async () => {
  await ops.close();
  await rabbitmq.close();
  await servers.close();
});

const show = (eventId: string) => ops.call(ShowDeadLetter, { as: 'viewer', params: { eventId } });

async function die(): Promise<string> {
  const [eventId, userId] = [newId(), newId()];
  const payload = { companyName: 'Acme', userId, from: 'MEMBER', to: 'ADMIN', userName: 'Bo', note: 'hello' };
  const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  const event = { id: eventId, type: MembershipRoleUpdated.type, payload, companyId: newId(), membershipVersion: 4 };
  await servers.prisma.domainEvent.create({ data: { ...event, ...trace, publishedAt: new Date() } });
  await servers.prisma.processedReaction.create({
    data: { eventId, reaction: REACTION, state: 'dead', error: 'no template' },
  });
  const headers = writeHeaders({
    attempt: 5,
    waits: 2,
    chain: 'sweep 7',
    reaction: REACTION,
    error: 'no template',
    ...trace,
  });
  const other = { messageId: newId(), headers: writeHeaders({ attempt: 1 }), persistent: true };
  servers.channel.sendToQueue(`${QUEUE}.dlq`, Buffer.from('{}'), other);
  servers.channel.sendToQueue(`${QUEUE}.dlq`, Buffer.from('{"a":1}'), {
    messageId: eventId,
    headers,
    persistent: true,
  });
  await until(async () => (await servers.channel.checkQueue(`${QUEUE}.dlq`)).messageCount >= 2);
  return eventId;
}

it('one event’s dead reactions, the headers of their copies and its facts are shown, without what may be personal', async () => {
  const eventId = await die();
  const { body } = await until(async () => {
    const answer = await show(eventId);
    return answer.body.copies?.length === 1 && answer;
  });
  expect(body.event).toMatchObject({
    type: 'memberships.role_updated',
    membershipVersion: 4,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    facts: { userId: expect.any(String), from: 'MEMBER', to: 'ADMIN' },
    leftOut: ['note', 'userName', 'companyName'],
  });
  expect(body.reactions).toMatchObject([{ reaction: REACTION, queue: QUEUE, error: 'no template', acts: [] }]);
  const headers = { attempt: 5, waits: 2, chain: 'sweep 7', reaction: REACTION, error: 'no template' };
  expect(body.copies).toMatchObject([{ ...headers, queue: `${QUEUE}.dlq`, bytes: 7 }]);
  expect(JSON.stringify(body)).not.toMatch(/Acme|hello|"Bo"/);
  // Nothing is lost by looking.
  await until(async () => (await servers.channel.checkQueue(`${QUEUE}.dlq`)).messageCount === 2);
}, 30_000);

it('it is shown without its copies while the broker is away, and unknown events are not found', async () => {
  const eventId = await die();
  rabbitmq.cut();
  expect((await show(eventId)).body).toMatchObject({ copies: null, allCopiesSeen: false, reactions: [{}] });
  expect((await show(newId())).status).toBe(404);
  rabbitmq.restore();
}, 30_000);
