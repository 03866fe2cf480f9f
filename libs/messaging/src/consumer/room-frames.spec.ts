import { Controller } from '@nestjs/common';
import type { EventContract, EventOf, PayloadOf } from '@convene/contracts/event';
import { CompanyUpdated } from '@convene/contracts/events/companies-updated';
import { FriendshipRequested } from '@convene/contracts/events/friendships-requested';
import { InviteCreated } from '@convene/contracts/events/invites-created';
import type { RealtimeDelivery } from '@convene/contracts/messages/realtime-delivery';
import { newId } from '@convene/prisma/ids';
import type { EventFacts } from '../outbox/append';
import type { Outbox } from '../outbox/outbox';
import { OnEvent } from '../reactions';
import { MessagingHarness, until } from '../test-support/messaging-harness';
import { declareQueue } from '../topology/declare';
import { parseEvent } from '../wire';

@Controller()
class Announce {
  @OnEvent(InviteCreated, 'announce-invite')
  announceInvite(_: EventOf<typeof InviteCreated>) {
    return [];
  }

  @OnEvent(FriendshipRequested, 'announce-request')
  announceRequest(_: EventOf<typeof FriendshipRequested>) {
    return [];
  }
}

let harness: MessagingHarness;
let outbox: Outbox;
beforeAll(async () => {
  harness = await MessagingHarness.create();
  await declareQueue(harness.channel, 'notifications.realtimes', { maxAttempts: 3, baseMs: 50 });
  await harness.worker(['events.invites', 'events'], [Announce]);
  ({ outbox } = await harness.writer());
});
afterAll(() => harness.close());

async function roomsOf<C extends EventContract>(event: C, payload: PayloadOf<C>, facts: EventFacts) {
  await outbox.transaction((_, append) => append(event, payload, facts));
  const messages = await until(async () => {
    const drained = await harness.drain('notifications.realtimes');
    return drained.length > 0 && drained;
  });
  return messages.flatMap(({ content }) => (parseEvent(content).payload as RealtimeDelivery).rooms);
}

it('a room frame to all members does not reveal whether the invited address has an account', async () => {
  const [ana, bo] = [await harness.user('ana'), await harness.user('bo')];
  const companyId = await harness.company([{ userId: ana, role: 'OWNER' }]);
  const invited = { inviteId: newId(), companyId, companyName: 'Acme', inviterId: ana, inviterName: 'Ana' };
  const facts = { actorId: ana, companyId };
  const frames = [
    await roomsOf(InviteCreated, { ...invited, role: 'MEMBER', inviteeId: bo }, facts),
    await roomsOf(InviteCreated, { ...invited, role: 'MEMBER', inviteeId: null }, facts),
  ];
  for (const [room, ...others] of frames) {
    expect(others).toEqual([]);
    expect(room?.frame).toEqual({ ...invited, role: 'MEMBER', eventId: expect.any(String), version: 1 });
  }
});

it('a room frame is not sent to a user whom a flag of the payload excludes, and does not contain the flag', async () => {
  const [ana, bo] = [await harness.user('ana'), await harness.user('bo')];
  const asked = { friendshipId: newId(), requesterId: ana, requesterName: 'Ana', addresseeId: bo };
  const cases = [
    [{}, [ana, bo]],
    [{ withheld: true }, [ana]],
    [{ byAddress: true }, [bo]],
  ] as const;
  for (const [flags, people] of cases) {
    const rooms = await roomsOf(FriendshipRequested, { ...asked, ...flags }, { actorId: ana });
    expect(rooms.map(({ room }) => room)).toEqual(people.map((id) => `user:${id}`));
    for (const { frame } of rooms) {
      expect(frame).toEqual({ ...asked, eventId: expect.any(String), companyId: null, version: null });
    }
  }
});

it('an event with an announcement needs no handler: its frame is sent, once, under the durable name of its contract', async () => {
  const ana = await harness.user('ana');
  const companyId = await harness.company([{ userId: ana, role: 'OWNER' }]);
  const payload = { companyId, name: 'Acme', isPublic: true };
  const rooms = await roomsOf(CompanyUpdated, payload, { actorId: ana, companyId });
  expect(rooms.map(({ room, event }) => [room, event])).toEqual([[`company:${companyId}`, CompanyUpdated.type]]);
  const { event_id: eventId } = (
    await harness.prisma.$queryRaw<{ event_id: string }[]>`
      SELECT event_id FROM inbox WHERE reaction = 'announce-company-updated' AND state = 'done'`
  )[0] as { event_id: string };
  expect(rooms[0]?.frame).toMatchObject({ eventId, name: 'Acme', isPublic: true });
  // Known to the sweeper, which heals an announcement that was lost.
  expect(await harness.prisma.$queryRaw`SELECT queue FROM reactions WHERE name = 'announce-company-updated'`).toEqual([
    { queue: 'events' },
  ]);
});
