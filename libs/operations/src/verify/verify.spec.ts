import type { EventContract, PayloadOf } from '@convene/contracts/event';
import { FriendshipRequested } from '@convene/contracts/events/friendships-requested';
import { InviteRejected } from '@convene/contracts/events/invites-rejected';
import { MembershipLeft } from '@convene/contracts/events/memberships-left';
import { MessageReplied } from '@convene/contracts/events/notifications-replied';
import { Verify } from '@convene/contracts/ops/routes';
import { NotificationWriter } from '@convene/inbox/notification-writer';
import { notify } from '@convene/messaging/reactions';
import { MessagingHarness } from '@convene/messaging/test-support/messaging-harness';
import { queueOf } from '@convene/messaging/topology/queues';
import { Database } from '@convene/prisma/database/database';
import { derivedId, newId } from '@convene/prisma/ids';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { OperationsHarness } from '../test-support/operations-harness';

const LEFT = 'notify-managers-when-member-left';
const REJECTED = 'notify-inviter-when-rejected';
const REQUESTED = 'notify-addressee-when-friendship-requested';
const REPLIED = 'notify-sender-when-replied';
const HOUR_AGO = Date.now() - 3_600_000;

let servers: MessagingHarness;
let ops: OperationsHarness;
let replica: TcpProxy;
let database: Database;
let writer: NotificationWriter;
let [ana, bo, cy]: [string, string, string] = ['', '', ''];
let companyId: string;

beforeAll(async () => {
  servers = await MessagingHarness.create();
  replica = await TcpProxy.to(servers.database.url);
  ops = await OperationsHarness.start(servers.database.url, servers.rabbitmqUrl, { readReplicaUrl: replica.url });
  database = new Database({ databaseUrl: servers.database.url, applicationName: 'spec' });
  writer = new NotificationWriter(database);
  [ana, bo, cy] = [await servers.user('ana'), await servers.user('bo'), await servers.user('cy')];
  companyId = await servers.company([
    { userId: ana, role: 'OWNER' },
    { userId: bo, role: 'ADMIN' },
    { userId: cy, role: 'MEMBER' },
  ]);
  const registeredAt = new Date(HOUR_AGO - 3_600_000);
  for (const [name, { type }] of [
    [LEFT, MembershipLeft],
    [REJECTED, InviteRejected],
    [REQUESTED, FriendshipRequested],
    [REPLIED, MessageReplied],
  ] as const) {
    await servers.prisma.reaction.create({ data: { name, eventType: type, queue: queueOf(type), registeredAt } });
  }
});
afterAll(async () => {
  await ops.close();
  await replica.close();
  await database.onApplicationShutdown();
  await servers.close();
});
beforeEach(async () => {
  await servers.prisma.$executeRawUnsafe(
    'TRUNCATE domain_events, inbox, notifications, inbox_counters, notification_steps, sweep_watermarks, reaction_waits',
  );
});

/** An event that was published a while ago; a second after the one before. */
let count = 0;
async function event<C extends EventContract>(contract: C, payload: PayloadOf<C>, facts: object = {}) {
  const occurredAt = new Date(HOUR_AGO + ++count * 1_000);
  const id = derivedId(occurredAt, String(count));
  const row = { id, type: contract.type, actorId: cy, companyId, membershipVersion: 3, occurredAt };
  const data = { ...row, publishedAt: occurredAt, ...facts, payload: payload as object };
  await servers.prisma.domainEvent.create({ data });
  return { ...row, occurredAt: occurredAt.toISOString() };
}

const left = (facts?: object) =>
  event(MembershipLeft, { companyId, companyName: 'Acme', userId: cy, userName: 'Cy' }, facts);
const DRAFT = notify({ roles: ['OWNER', 'ADMIN'] }, 'MEMBER_LEFT', {
  companyName: 'Acme',
  userId: newId(),
  userName: 'Cy',
});

/** An event whose reaction is committed as a worker does it: Ana and Bo have a notification. */
async function reacted() {
  const subject = await left();
  await writer.commit(subject, LEFT, [DRAFT]);
  return subject;
}

async function verify(check: 'events' | 'inboxes', query: object = {}) {
  const { status, body } = await ops.call(Verify, { as: 'viewer', query: { check, ...query } });
  expect(status).toBe(200);
  return body;
}

const defects = async () => [...(await verify('events')).defects, ...(await verify('inboxes')).defects];

it('a sound database has no defect: read and deleted rows, excluded recipients, a retry, a dead reaction, an event of now', async () => {
  const [first, second] = [await reacted(), await reacted()];
  await reacted();
  const notification = (eventId: string, recipientUserId: string) => ({
    eventId_recipientUserId: { eventId, recipientUserId },
  });
  // A tombstone, a read row, each with its counter.
  await servers.prisma.notification.update({
    where: notification(first.id, ana),
    data: { deletedAt: new Date(), params: {} },
  });
  await servers.prisma.notification.update({ where: notification(second.id, ana), data: { readAt: new Date() } });
  await servers.prisma.inboxCounter.update({ where: { userId: ana }, data: { unreadCount: { decrement: 2 } } });
  // The only manager besides the actor has the code off; a reaction waits for a retry; one is dead; one is a minute old.
  await servers.prisma.preference.create({
    data: { userId: bo, code: 'MEMBER_LEFT', channel: 'SOCKET', enabled: false },
  });
  const unwanted = await left({ actorId: ana });
  await writer.commit({ ...unwanted, actorId: ana }, LEFT, [DRAFT]);
  const waiting = await left();
  const chain = { reaction: LEFT, queue: 'events.members', chain: 'relay', dueAt: new Date() };
  await servers.prisma.reactionWait.create({ data: { eventId: waiting.id, ...chain } });
  await servers.prisma.processedReaction.create({
    data: { eventId: (await left()).id, reaction: LEFT, state: 'dead' },
  });
  await left({ id: newId(), occurredAt: new Date(), publishedAt: null });
  expect(await defects()).toEqual([]);
  expect(await verify('events')).toMatchObject({ source: 'replica', examined: 6, next: null });
  await servers.prisma.preference.deleteMany();
});

it('a notification row that was removed is a hole, and a recorded delivery names its event', async () => {
  await reacted();
  const { id } = await reacted();
  await reacted();
  const step = { id: newId(), eventId: id, recipientUserId: bo, step: 'sent', channel: 'SOCKET' as const };
  await servers.prisma.notificationStep.create({ data: step });
  await servers.prisma.notification.deleteMany({ where: { eventId: id, recipientUserId: bo } });
  await servers.prisma.inboxCounter.update({ where: { userId: bo }, data: { unreadCount: { decrement: 1 } } });
  expect(await defects()).toMatchObject([
    { kind: 'row_removed', severity: 'critical', eventId: id, userIds: [bo] },
    { kind: 'seq_missing', userIds: [bo], detail: expect.stringContaining('seq 2 has no row') },
  ]);
});

it('the first and the last seq of an inbox are missed like any other', async () => {
  const [first, , last] = [await reacted(), await reacted(), await reacted()];
  await servers.prisma.notification.deleteMany({
    where: { eventId: { in: [first.id, last.id] }, recipientUserId: ana },
  });
  await servers.prisma.inboxCounter.update({ where: { userId: ana }, data: { unreadCount: 1 } });
  const found = await defects();
  expect(found.map(({ detail }) => detail)).toEqual([
    expect.stringMatching(/^seq 1 has no row/),
    expect.stringMatching(/^seq 3 has no row/),
  ]);
});

it('what a detached month took with it is no hole, for accounts that are older than the oldest month', async () => {
  const { id } = await reacted();
  await reacted();
  await servers.prisma.notification.deleteMany({ where: { eventId: id } });
  await servers.prisma.domainEvent.delete({ where: { id } });
  expect((await defects()).map(({ kind }) => kind)).toContain('seq_missing');
  await servers.prisma.user.updateMany({ data: { createdAt: new Date('2020-01-01') } });
  expect(await defects()).toEqual([]);
  await servers.prisma.user.updateMany({ data: { createdAt: new Date(HOUR_AGO) } });
});

it('a seq of two rows, and counters that disagree with their rows, are found', async () => {
  await reacted();
  const second = await reacted();
  await servers.prisma.notification.updateMany({
    where: { eventId: second.id, recipientUserId: ana },
    data: { seq: 1 },
  });
  await servers.prisma.inboxCounter.update({ where: { userId: bo }, data: { unreadCount: 7 } });
  const found = await defects();
  expect(found).toContainEqual(expect.objectContaining({ kind: 'seq_doubled', eventId: second.id, userIds: [ana] }));
  expect(found).toContainEqual(
    expect.objectContaining({
      kind: 'counter_wrong',
      userIds: [bo],
      detail: 'unread_count is 7, and 2 rows are unread',
    }),
  );
  await servers.prisma.inboxCounter.delete({ where: { userId: bo } });
  expect((await defects()).find(({ userIds }) => userIds[0] === bo)?.detail).toBe(
    'there is no counter for 2 notifications',
  );
});

it('a reaction that is done without rows for whoever is entitled is found, of roles and of named users', async () => {
  const [ofRoles, ofUser] = [await left(), await event(InviteRejected, invite(bo))];
  for (const [{ id }, reaction] of [
    [ofRoles, LEFT],
    [ofUser, REJECTED],
  ] as const) {
    await servers.prisma.processedReaction.create({ data: { eventId: id, reaction, state: 'done' } });
  }
  const { defects: found } = await verify('events');
  const missing = found.filter(({ kind }) => kind === 'recipients_missing');
  expect(missing.map(({ eventId, userIds }) => [eventId, [...userIds].sort()])).toEqual([
    [ofRoles.id, [ana, bo].sort()],
    [ofUser.id, [bo]],
  ]);
});

const done = (eventId: string, reaction: string) =>
  servers.prisma.processedReaction.create({ data: { eventId, reaction, state: 'done' } });

it('a friend request that is withheld from its addressee is no defect; one that is not withheld is', async () => {
  const request = { friendshipId: newId(), requesterId: cy, requesterName: 'Cy', addresseeId: bo };
  const withheld = await event(FriendshipRequested, { ...request, withheld: true });
  const lost = await event(FriendshipRequested, request);
  for (const { id } of [withheld, lost]) await done(id, REQUESTED);
  expect((await verify('events')).defects).toMatchObject([
    { kind: 'recipients_missing', eventId: lost.id, userIds: [bo] },
  ]);
});

it('a message to whoever has blocked its sender is no defect, also when the event of the block is not stored any more', async () => {
  const sender = { senderId: cy, senderName: 'Cy', companyName: 'Acme' };
  const { id } = await event(MessageReplied, { messageId: newId(), recipientId: bo, text: 'Hello', ...sender });
  await done(id, REPLIED);
  expect((await verify('events')).defects).toMatchObject([{ kind: 'recipients_missing', eventId: id }]);
  await servers.prisma.block.create({ data: { id: newId(), blockerId: bo, blockedId: cy } });
  expect((await verify('events')).defects).toEqual([]);
  await servers.prisma.block.deleteMany();
});

it('a reaction that a replay has taken out of the ledger is at work, until the replay has an outcome', async () => {
  const { id } = await left();
  await servers.prisma.sweepWatermark.create({ data: { queue: 'events.members', watermark: id } });
  const actId = newId();
  const act = { id: actId, operator: 'ana', command: 'dlq replay', filter: {}, reason: 'spec' };
  await servers.prisma.operatorAct.create({ data: act });
  await servers.prisma.operatorActItem.create({ data: { actId, eventId: id, reaction: LEFT, state: 'taken' } });
  const become = (state: 'sent' | 'gone') =>
    servers.prisma.operatorActItem.updateMany({ where: { actId }, data: { state } });
  expect((await verify('events')).defects).toEqual([]);
  await become('sent');
  expect((await verify('events')).defects).toEqual([]);
  await become('gone');
  expect((await verify('events')).defects).toMatchObject([{ kind: 'event_unprocessed', severity: 'critical' }]);
});

it('an event that is marked as published and that no queue ever saw is critical once its sweeper has passed it', async () => {
  const { id } = await left();
  const found = async () => (await verify('events')).defects;
  expect(await found()).toMatchObject([{ kind: 'event_unprocessed', severity: 'warning', eventId: id }]);
  await servers.prisma.sweepWatermark.create({ data: { queue: 'events.members', watermark: id } });
  expect(await found()).toMatchObject([{ kind: 'event_unprocessed', severity: 'critical', eventId: id }]);
  await servers.prisma.domainEvent.update({ where: { id }, data: { publishedAt: null } });
  expect(await found()).toMatchObject([{ kind: 'event_unpublished', severity: 'warning', eventId: id }]);
});

it('reads page by page, each event once, and on the primary while the replica is away', async () => {
  const ids = [];
  for (let n = 0; n < 5; n++) ids.push((await left()).id);
  replica.cut();
  const seen: (string | null)[] = [];
  let after: string | undefined;
  do {
    const page: Awaited<ReturnType<typeof verify>> = await verify('events', { limit: '2', ...(after && { after }) });
    expect(page.source).toBe('primary');
    seen.push(...page.defects.map(({ eventId }) => eventId));
    after = page.next ?? undefined;
  } while (after);
  replica.restore();
  expect(seen).toEqual(ids);
});

function invite(inviterId: string): PayloadOf<typeof InviteRejected> {
  return { inviteId: newId(), companyId, companyName: 'Acme', inviteeId: cy, inviteeName: 'Cy', inviterId };
}

it('an unknown check is refused by name', async () => {
  const { status, body } = await ops.call(Verify, { query: { check: 'everything' } });
  expect([status, body.code]).toEqual([422, 'VALIDATION_FAILED']);
});
