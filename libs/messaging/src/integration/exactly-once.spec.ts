import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteAccepted } from '@convene/contracts/events/invites-accepted';
import { MembershipJoined } from '@convene/contracts/events/memberships-joined';
import type { RealtimeDelivery } from '@convene/contracts/messages/realtime-delivery';
import { newId } from '@convene/prisma/ids';
import { writeHeaders } from '../headers';
import { newEvent } from '../outbox/append';
import { notify, OnEvent } from '../reactions';
import { MessagingHarness, until } from '../test-support/messaging-harness';
import { declareQueue } from '../topology/declare';
import { parseEvent } from '../wire';

@Controller()
class NotifyInviter {
  @OnEvent(InviteAccepted, 'notify-inviter')
  notifyInviter({ payload: { inviteId, companyName, inviterId, inviteeName } }: EventOf<typeof InviteAccepted>) {
    return [notify({ users: [inviterId] }, 'INVITE_ACCEPTED', { inviteId, companyName, inviteeName })];
  }
}

@Controller()
class NotifyManagers {
  @OnEvent(MembershipJoined, 'notify-managers')
  notifyManagers({ payload: { companyName, userId, userName } }: EventOf<typeof MembershipJoined>) {
    return [notify({ roles: ['OWNER', 'ADMIN'] }, 'MEMBER_JOINED', { companyName, userId, userName })];
  }
}

const accepted = (inviterId: string, inviteeId: string, companyId: string) => ({
  inviteId: newId(),
  companyId,
  companyName: 'Acme',
  inviterId,
  inviteeId,
  inviteeName: 'Bo',
});

describe('a committed event', () => {
  let harness: MessagingHarness;
  beforeAll(async () => {
    harness = await MessagingHarness.create();
    // The queue of the frames, without a consumer here, so that the spec can read them.
    await declareQueue(harness.channel, 'notifications.realtimes', { maxAttempts: 3, baseMs: 50 });
  });
  afterAll(() => harness.close());

  it('makes one row and one frame per recipient, with rising seq and the trace of its request', async () => {
    const [ana, bo] = [await harness.user('ana'), await harness.user('bo')];
    const company = await harness.company([{ userId: ana, role: 'OWNER' }]);
    const worker = await harness.worker(['events.invites'], [NotifyInviter]);
    const { outbox } = await harness.writer();
    for (let round = 0; round < 3; round++) {
      await outbox.transaction((_, append) =>
        append(InviteAccepted, accepted(ana, bo, company), { actorId: bo, companyId: company }),
      );
    }
    const rows = await until(async () => {
      const found = await harness.prisma.notification.findMany({
        where: { recipientUserId: ana },
        orderBy: { seq: 'asc' },
      });
      return found.length === 3 && found;
    });
    expect(rows.map((row) => Number(row.seq))).toEqual([1, 2, 3]);
    expect(await harness.prisma.inboxCounter.findUnique({ where: { userId: ana } })).toMatchObject({
      lastSeq: 3n,
      unreadCount: 3,
    });
    expect(await harness.prisma.notification.count({ where: { recipientUserId: bo } })).toBe(0);

    // As many messages as there were batches.
    const deliveries: RealtimeDelivery[] = [];
    const emitted = await until(async () => {
      const messages = await harness.drain('notifications.realtimes');
      deliveries.push(...messages.map(({ content }) => parseEvent(content).payload as RealtimeDelivery));
      const frames = deliveries.flatMap(({ notifications }) => notifications.map(({ frame }) => frame));
      return frames.length >= 3 && frames;
    });
    const bySeq = emitted.map(({ seq, unread }) => ({ seq, unread })).sort((a, b) => a.seq - b.seq);
    expect(bySeq).toEqual([1, 2, 3].map((n) => ({ seq: n, unread: { count: n, version: n } })));
    const announced = { room: `company:${company}`, event: 'invites.accepted' };
    expect(deliveries.flatMap(({ rooms }) => rooms)).toMatchObject([announced, announced, announced]);
    await until(async () => (await harness.prisma.domainEvent.count({ where: { publishedAt: null } })) === 0);
    await worker.close();
  });

  it('delivered 100 times to four workers is one notification, and each repeated delivery forwards its frames', async () => {
    const [ana, bo] = [await harness.user('ana'), await harness.user('bo')];
    const company = await harness.company([{ userId: ana, role: 'OWNER' }]);
    const workers = await Promise.all([1, 2, 3, 4].map(() => harness.worker(['events.invites'], [NotifyInviter])));
    const event = {
      id: newId(),
      type: InviteAccepted.type,
      occurredAt: new Date().toISOString(),
      actorId: bo,
      companyId: company,
      membershipVersion: 1,
      payload: accepted(ana, bo, company),
    };
    for (let copy = 0; copy < 100; copy++) {
      harness.channel.sendToQueue('events.invites', Buffer.from(JSON.stringify(event)), {
        messageId: event.id,
        headers: writeHeaders({ attempt: 1 }),
      });
    }
    await until(async () => (await harness.channel.checkQueue('events.invites')).messageCount === 0);
    await Promise.all(workers.map((worker) => worker.close()));
    const rows = await harness.prisma.notification.findMany({ where: { recipientUserId: ana } });
    expect(rows).toHaveLength(1);
    expect(await harness.prisma.inboxCounter.findUnique({ where: { userId: ana } })).toMatchObject({ lastSeq: 1n });
    expect((await harness.drain('notifications.realtimes')).length).toBeGreaterThanOrEqual(1);
    expect(await harness.drain('events.invites.dlq')).toEqual([]);
  });

  it('reaches the recipients entitled at its version, however late it is processed', async () => {
    const [owner, promoted, left, joiner] = await Promise.all(
      ['owner', 'promoted', 'left', 'joiner'].map((n) => harness.user(n)),
    );
    if (!owner || !promoted || !left || !joiner) throw new Error('unreachable');
    const company = await harness.company([
      { userId: owner, role: 'OWNER' },
      { userId: left, role: 'ADMIN' },
    ]);
    const { outbox } = await harness.writer();
    const payload = {
      companyId: company,
      companyName: 'Acme',
      userId: joiner,
      userName: 'J',
      role: 'MEMBER',
      inviterId: null,
    } as const;
    await outbox.transaction((_, append) => append(MembershipJoined, payload, { actorId: joiner, companyId: company }));
    // After the commit and before it is processed: one admin leaves, another joins.
    await harness.prisma.membershipPeriod.updateMany({ where: { userId: left }, data: { toVersion: 3 } });
    await harness.prisma.membershipPeriod.create({
      data: { companyId: company, userId: promoted, role: 'ADMIN', fromVersion: 4 },
    });
    await harness.prisma.company.update({ where: { id: company }, data: { membershipVersion: 4 } });

    const worker = await harness.worker(['events.members'], [NotifyManagers]);
    await until(() => harness.prisma.processedReaction.findFirst({ where: { reaction: 'notify-managers' } }));
    const rows = await harness.prisma.notification.findMany({ where: { companyId: company } });
    expect(rows.map((row) => row.recipientUserId).sort()).toEqual([owner, left].sort());
    await worker.close();
  });

  it('writes no row and takes no seq for a code that the recipient has switched off', async () => {
    const [ana, bo] = [await harness.user('ana'), await harness.user('bo')];
    const company = await harness.company([{ userId: ana, role: 'OWNER' }]);
    await harness.prisma.preference.create({
      data: { userId: ana, code: 'INVITE_ACCEPTED', channel: 'SOCKET', enabled: false },
    });
    const worker = await harness.worker(['events.invites'], [NotifyInviter]);
    const { outbox } = await harness.writer();
    const event = newEvent(InviteAccepted, accepted(ana, bo, company), { actorId: bo, companyId: company });
    const [id = ''] = await outbox.transaction((_, append) => append.now([event]));
    await until(() => harness.prisma.processedReaction.findFirst({ where: { eventId: id, state: 'done' } }));
    expect(await harness.prisma.notification.count({ where: { recipientUserId: ana } })).toBe(0);
    expect(await harness.prisma.inboxCounter.findUnique({ where: { userId: ana } })).toBeNull();
    await worker.close();
  });
});
