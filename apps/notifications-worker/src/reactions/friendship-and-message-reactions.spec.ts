import type { EventContract, PayloadOf } from '@convene/contracts/event';
import { FriendshipAccepted } from '@convene/contracts/events/friendships-accepted';
import { FriendshipBlocked } from '@convene/contracts/events/friendships-blocked';
import { FriendshipRemoved } from '@convene/contracts/events/friendships-removed';
import { FriendshipRequested } from '@convene/contracts/events/friendships-requested';
import { MessageReplied } from '@convene/contracts/events/notifications-replied';
import { MessageSent } from '@convene/contracts/events/notifications-sent';
import type { RealtimeDelivery } from '@convene/contracts/messages/realtime-delivery';
import { type EventFacts, newEvent } from '@convene/messaging/outbox/append';
import type { Outbox } from '@convene/messaging/outbox/outbox';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { declareQueue } from '@convene/messaging/topology/declare';
import { parseEvent } from '@convene/messaging/wire';
import { newId } from '@convene/prisma/ids';
import { NotifyAddresseeWhenFriendshipRequested } from './notify-addressee-when-friendship-requested';
import { NotifyAudienceWhenMessageSent } from './notify-audience-when-message-sent';
import { NotifyRequesterWhenFriendshipAccepted } from './notify-requester-when-friendship-accepted';
import { NotifySenderWhenReplied } from './notify-sender-when-replied';

let harness: MessagingHarness;
let outbox: Outbox;
let ana: string;
let bo: string;
let cy: string;

beforeAll(async () => {
  harness = await MessagingHarness.create();
  // The queue of the frames, without a consumer here, so that the spec can read them.
  await declareQueue(harness.channel, 'notifications.realtimes', { maxAttempts: 3, baseMs: 50 });
  await harness.worker(
    ['events'],
    [
      NotifyAddresseeWhenFriendshipRequested,
      NotifyAudienceWhenMessageSent,
      NotifyRequesterWhenFriendshipAccepted,
      NotifySenderWhenReplied,
    ],
  );
  ({ outbox } = await harness.writer());
});
beforeEach(async () => {
  [ana, bo, cy] = [await harness.user('ana'), await harness.user('bo'), await harness.user('cy')];
});
afterAll(() => harness.close());

/** Commits an event and waits until its reaction is over. @returns what it notified, and the room frames it sent. */
async function happen<C extends EventContract>(event: C, payload: PayloadOf<C>, facts: EventFacts) {
  const [id = ''] = await outbox.transaction((_, append) => append.now([newEvent(event, payload, facts)]));
  await until(() => harness.prisma.processedReaction.findFirst({ where: { eventId: id } }));
  const rows = await harness.prisma.notification.findMany({ where: { eventId: id } });
  const notified = Object.fromEntries(
    rows.map(({ recipientUserId, code, params }) => [recipientUserId, { code, params }]),
  );
  const wanted = rows.length > 0 || event.roomFrame !== 'none';
  const messages = wanted ? await until(async () => orUndefined(await harness.drain('notifications.realtimes'))) : [];
  const deliveries = messages.map(({ content }) => parseEvent(content).payload as RealtimeDelivery);
  return { notified, rooms: deliveries.flatMap(({ rooms }) => rooms) };
}
const orUndefined = <T>(list: T[]) => (list.length > 0 ? list : undefined);

const requested = () => ({ friendshipId: newId(), requesterId: ana, requesterName: 'Ana', addresseeId: bo });
const words = { senderName: 'Ana', text: 'Lunch?', companyName: null };

describe('a friend request', () => {
  it('notifies the addressee and sends a frame to both users', async () => {
    const payload = requested();
    const { notified, rooms } = await happen(FriendshipRequested, payload, { actorId: ana });
    const { friendshipId } = payload;
    expect(notified).toEqual({ [bo]: { code: 'FRIEND_REQUESTED', params: { friendshipId, requesterName: 'Ana' } } });
    expect(rooms.map(({ room }) => room).sort()).toEqual([`user:${ana}`, `user:${bo}`].sort());
    expect(rooms[0]).toMatchObject({ event: 'friendships.requested', frame: { friendshipId, addresseeId: bo } });
  });

  it('that is withheld notifies no one and sends the usual frame to the requester only', async () => {
    const open = await happen(FriendshipRequested, requested(), { actorId: ana });
    const held = await happen(FriendshipRequested, { ...requested(), withheld: true }, { actorId: ana });
    expect(held.notified).toEqual({});
    expect(held.rooms.map(({ room }) => room)).toEqual([`user:${ana}`]);
    expect(Object.keys(held.rooms[0]?.frame ?? {}).sort()).toEqual(Object.keys(open.rooms[0]?.frame ?? {}).sort());
  });

  it('that is accepted notifies the requester', async () => {
    const payload = { friendshipId: newId(), requesterId: ana, addresseeId: bo, addresseeName: 'Bo' };
    const { notified, rooms } = await happen(FriendshipAccepted, payload, { actorId: bo });
    expect(notified).toMatchObject({ [ana]: { code: 'FRIEND_ACCEPTED', params: { addresseeName: 'Bo' } } });
    expect(rooms).toHaveLength(2);
  });

  it('that is withdrawn, or ended by a block, notifies no one, and the block sends a frame to the blocker only', async () => {
    const removed = await happen(FriendshipRemoved, { friendshipId: newId(), userId: bo }, { actorId: ana });
    expect(removed.notified).toEqual({});
    expect(removed.rooms).toHaveLength(2);
    const unseen = { friendshipId: newId(), userId: bo, withheld: true };
    expect((await happen(FriendshipRemoved, unseen, { actorId: ana })).rooms).toHaveLength(1);
    const { rooms } = await happen(FriendshipBlocked, { blockedId: bo }, { actorId: ana });
    expect(rooms.map(({ room }) => room)).toEqual([`user:${ana}`]);
  });
});

describe('a message', () => {
  const sent = (recipientIds: string[]) => ({ audience: 'users' as const, recipientIds, senderId: ana, ...words });

  it('to a company notifies its members of that moment, except the sender', async () => {
    const companyId = await harness.company([
      { userId: ana, role: 'OWNER' },
      { userId: bo, role: 'MEMBER' },
    ]);
    const payload = { ...sent([]), audience: 'company' as const, companyName: 'Acme' };
    const { notified } = await happen(MessageSent, payload, { actorId: ana, companyId });
    expect(notified).toEqual({ [bo]: { code: 'MESSAGE', params: { ...words, companyName: 'Acme' } } });
  });

  it('notifies the named recipients, except those who have blocked the sender', async () => {
    await harness.prisma.block.create({ data: { id: newId(), blockerId: cy, blockedId: ana } });
    await harness.prisma.block.create({ data: { id: newId(), blockerId: ana, blockedId: bo } });
    const { notified } = await happen(MessageSent, sent([bo, cy]), { actorId: ana });
    expect(Object.keys(notified)).toEqual([bo]);
  });

  it('with a reply notifies its sender, unless the sender has blocked the replying user', async () => {
    const messageId = newId();
    const payload = { ...words, messageId, recipientId: bo, senderId: ana };
    const { notified } = await happen(MessageReplied, payload, { actorId: ana });
    expect(notified).toEqual({ [bo]: { code: 'REPLY', params: { ...words, messageId } } });
    await harness.prisma.block.create({ data: { id: newId(), blockerId: bo, blockedId: ana } });
    expect((await happen(MessageReplied, payload, { actorId: ana })).notified).toEqual({});
  });

  it('does not suppress other notifications that a blocked user causes', async () => {
    await harness.prisma.block.create({ data: { id: newId(), blockerId: ana, blockedId: bo } });
    const payload = { friendshipId: newId(), requesterId: ana, addresseeId: bo, addresseeName: 'Bo' };
    expect(Object.keys((await happen(FriendshipAccepted, payload, { actorId: bo })).notified)).toEqual([ana]);
  });
});
