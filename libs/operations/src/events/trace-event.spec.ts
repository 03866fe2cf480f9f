import { Controller } from '@nestjs/common';
import { InviteRevoked } from '@convene/contracts/events/invites-revoked';
import { ExplainDelivery, TraceEvent } from '@convene/contracts/ops/routes';
import { notify, OnEvent } from '@convene/messaging/reactions';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { newId } from '@convene/prisma/ids';
import { OperationsHarness } from '../test-support/operations-harness';

@Controller()
class Reactions {
  @OnEvent(InviteRevoked, 'notify-in-trace-spec')
  notify({ payload }: { payload: { inviteeId: string | null } }) {
    return [notify({ users: [payload.inviteeId] }, 'INVITE_REVOKED', { inviteId: newId(), companyName: 'Acme' })];
  }
  @OnEvent(InviteRevoked, 'fail-in-trace-spec', { guarantee: 'at-least-once' })
  fail() {
    throw new Error('the template has no such field');
  }
}

let servers: MessagingHarness;
let ops: OperationsHarness;
beforeAll(async () => {
  servers = await MessagingHarness.create();
  ops = await OperationsHarness.start(servers.database.url, servers.rabbitmqUrl);
});
afterAll(async () => {
  await ops.close();
  await servers.close();
});

const trace = async (eventId: string) => ops.call(TraceEvent, { params: { eventId }, as: 'viewer' });

it('trace tells where an event is: in the outbox, done by one reaction and given up by another, read by its recipient', async () => {
  await servers.worker(['events.invites'], [Reactions], { maxAttempts: 1 });
  const [bo, companyId] = [await servers.user('bo'), await servers.company([])];
  const writer = await servers.writer();
  const payload = { inviteId: newId(), companyId, companyName: 'Acme', inviteeId: bo };
  const [eventId = ''] = await writer.outbox.transaction((_, append) =>
    append.now([{ event: InviteRevoked, payload, facts: { actorId: null, companyId } }]),
  );
  const body = await until(async () => {
    const { body: now } = await trace(eventId);
    const isOver = now.reactions.every(({ state }) => state === 'done' || state === 'dead');
    return now.event?.publishedAt != null && isOver && now;
  });
  expect(body).toMatchObject({
    event: { id: eventId, type: 'invites.revoked', companyId, membershipVersion: 0 },
    reactions: [
      {
        name: 'fail-in-trace-spec',
        queue: 'events.invites',
        state: 'dead',
        error: expect.stringContaining('no such field'),
      },
      { name: 'notify-in-trace-spec', state: 'done', error: null },
    ],
    notifications: { total: 1, read: 0, isComplete: true, codes: [{ code: 'INVITE_REVOKED', count: 1 }] },
  });
  // No words of people, and nothing else of the payload.
  expect(JSON.stringify(body)).not.toContain('Acme');

  await servers.prisma.notification.updateMany({ where: { eventId }, data: { readAt: new Date() } });
  const dueAt = new Date('2099-01-01T00:00:00Z');
  await servers.prisma.processedReaction.deleteMany({ where: { eventId, reaction: 'fail-in-trace-spec' } });
  expect((await trace(eventId)).body.reactions[0]).toMatchObject({ state: 'owed', at: null });
  const wait = { eventId, reaction: 'fail-in-trace-spec', queue: 'events.invites', chain: 'origin', dueAt };
  await servers.prisma.reactionWait.create({ data: wait });
  const later = (await trace(eventId)).body;
  expect(later.reactions[0]).toMatchObject({ state: 'waiting', at: dueAt.toISOString() });
  expect(later.notifications).toMatchObject({ total: 1, read: 1 });

  expect((await trace(newId())).status).toBe(404);
});

it('why tells a user who has a notification from one whom the event does not concern, and answers 404 without an event', async () => {
  const [bo, cy, companyId] = [await servers.user('bo'), await servers.user('cy'), await servers.company([])];
  const eventId = newId();
  const payload = { inviteId: newId(), companyId, companyName: 'Acme', inviteeId: bo };
  const type = InviteRevoked.type;
  const facts = { id: eventId, type, payload, companyId, membershipVersion: 0, publishedAt: new Date() };
  await servers.prisma.domainEvent.create({ data: facts });
  const reaction = 'notify-invitee-when-revoked';
  const registration = { name: reaction, eventType: type, queue: 'events.invites' };
  await servers.prisma.reaction.upsert({ where: { name: reaction }, create: registration, update: {} });
  const why = async (userId: string, event = eventId) =>
    ops.call(ExplainDelivery, { params: { userId, eventId: event }, as: 'viewer' });

  expect((await why(bo)).body).toMatchObject({ verdict: 'waiting' });
  await servers.prisma.processedReaction.create({ data: { eventId, reaction, state: 'dead', error: 'no template' } });
  expect((await why(bo)).body).toMatchObject({ verdict: 'dead', detail: expect.stringContaining('no template') });
  expect((await why(cy)).body).toMatchObject({ verdict: 'not addressed' });
  const params = { inviteId: newId(), companyName: 'Acme' };
  const data = { eventId, recipientUserId: bo, seq: 1, code: 'INVITE_REVOKED', params };
  await servers.prisma.notification.create({ data });
  expect((await why(bo)).body).toMatchObject({ verdict: 'received', detail: expect.stringContaining('seq 1') });
  expect((await why(newId())).body).toMatchObject({ verdict: 'no such user' });
  expect((await why(bo, newId())).status).toBe(404);
});
