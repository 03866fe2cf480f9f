import { RealtimeDelivery } from '@convene/contracts/messages/realtime-delivery';
import { ResendEvent } from '@convene/contracts/ops/routes';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { declareExchanges, declareQueues } from '@convene/messaging/topology/declare';
import { newId } from '@convene/prisma/ids';
import { OperationsHarness } from '../test-support/operations-harness';

const QUEUE = 'notifications.realtimes';

let servers: MessagingHarness;
let ops: OperationsHarness;
beforeAll(async () => {
  servers = await MessagingHarness.create();
  await declareExchanges(servers.channel);
  await declareQueues(servers.channel);
  ops = await OperationsHarness.start(servers.database.url, servers.rabbitmqUrl);
});
afterAll(async () => {
  await ops.close();
  await servers.close();
});

const resend = (eventId: string, more: object = {}) =>
  ops.call(ResendEvent, { params: { eventId }, body: { reason: 'Redis was flushed' }, ...more });

/** An event with so many notifications, of which the last is deleted. @returns its id */
async function notified(count: number): Promise<string> {
  const { prisma } = servers;
  const id = newId();
  await prisma.domainEvent.create({ data: { id, type: 'companies.deleted', payload: {}, publishedAt: new Date() } });
  const row = { eventId: id, seq: 7, code: 'COMPANY_DELETED', params: { companyName: 'Acme' } };
  await prisma.notification.createMany({
    data: Array.from({ length: count }, (_, index) => {
      return { ...row, recipientUserId: newId(), deletedAt: index === count - 1 ? new Date() : null };
    }),
  });
  return id;
}

const frames = async () => {
  const bodies = (await servers.drain(QUEUE)).map(
    ({ content }) => JSON.parse(content.toString()) as { payload: unknown },
  );
  return bodies.flatMap(({ payload }) => RealtimeDelivery.parse(payload).notifications);
};

it('the frames of all rows that exist are queued again, and nothing is written but the record of it', async () => {
  const id = await notified(1_205);
  const before = await servers.prisma.notification.findMany({ orderBy: { recipientUserId: 'asc' } });
  for (let round = 0; round < 2; round++) {
    const { status, body } = await until(async () => {
      const answer = await resend(id);
      return answer.body.counts['unsent'] === undefined && answer;
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ command: 'resend', filter: { eventId: id }, state: 'done', counts: { sent: 1_204 } });
    const sent = await frames();
    expect(new Set(sent.map(({ recipientId }) => recipientId)).size).toBe(1_204);
    expect(sent[0]?.frame).toMatchObject({ seq: 7, id, code: 'COMPANY_DELETED' });
    expect(sent[0]?.frame).not.toHaveProperty('occurredAt');
  }
  expect(await servers.prisma.notification.findMany({ orderBy: { recipientUserId: 'asc' } })).toEqual(before);
  expect(await servers.prisma.inboxCounter.count()).toBe(0);
});

it('a viewer, and an event that is not stored, are refused', async () => {
  expect((await resend(await notified(1), { as: 'viewer' })).status).toBe(403);
  expect((await resend(newId())).status).toBe(404);
  expect(await frames()).toEqual([]);
});
