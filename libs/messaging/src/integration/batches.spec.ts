import { Controller } from '@nestjs/common';
import { register } from 'prom-client';
import type { EventOf } from '@convene/contracts/event';
import { InviteAccepted } from '@convene/contracts/events/invites-accepted';
import type { RealtimeDelivery } from '@convene/contracts/messages/realtime-delivery';
import { continueTrace, runInTrace } from '@convene/observability/trace';
import { recordSpans } from '@convene/observability/tracing/spans';
import { newId } from '@convene/prisma/ids';
import { beginOutage } from '@convene/testing/database-outage';
import { Broker } from '../broker';
import { FrameSender } from '../consumer/frame-sender';
import { WorkerTransport } from '../consumer/worker-transport';
import { notify, OnEvent } from '../reactions';
import { MessagingHarness, until } from '../test-support/messaging-harness';
import { declareQueue } from '../topology/declare';
import { parseEvent } from '../wire';

const POLICY = { maxAttempts: 3, baseMs: 20 };
const COUNT = 20;

@Controller()
class NotifyInviter {
  @OnEvent(InviteAccepted, 'notify-inviter')
  notifyInviter({ payload: { inviteId, companyName, inviterId, inviteeName } }: EventOf<typeof InviteAccepted>) {
    return [notify({ users: [inviterId] }, 'INVITE_ACCEPTED', { inviteId, companyName, inviteeName })];
  }
}

describe('messages that are in hand together', () => {
  let harness: MessagingHarness;
  let ana: string;
  beforeAll(async () => {
    harness = await MessagingHarness.create();
    for (const queue of ['events.invites', 'notifications.realtimes'] as const)
      await declareQueue(harness.channel, queue, POLICY);
  });
  beforeEach(async () => {
    ana = await harness.user('ana');
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => harness.close());

  const worker = () => harness.worker(['events.invites'], [NotifyInviter], POLICY);

  /** @returns the ids of the events, which are in their queue. */
  async function waiting(companyNames: readonly string[]): Promise<string[]> {
    const facts = { inviteId: newId(), companyId: newId(), inviterId: ana, inviteeId: newId(), inviteeName: 'Bo' };
    const ids = companyNames.map((companyName) =>
      harness.send('events.invites', InviteAccepted, { ...facts, companyName }),
    );
    await until(async () => (await harness.channel.checkQueue('events.invites')).messageCount === ids.length);
    return ids;
  }

  const states = async (ids: string[]) => {
    const rows = await until(async () => {
      const found = await harness.prisma.processedReaction.findMany({ where: { eventId: { in: ids } } });
      return found.length === ids.length && found;
    });
    return new Map(rows.map(({ eventId, state }) => [eventId, state]));
  };
  const seqs = async () => {
    const rows = await harness.prisma.notification.findMany({
      where: { recipientUserId: ana },
      orderBy: { seq: 'asc' },
    });
    return rows.map(({ seq }) => Number(seq));
  };
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

  /** Takes messages until these events all have a frame. @returns the deliveries. */
  async function deliveriesOf(ids: string[]): Promise<RealtimeDelivery[]> {
    const deliveries: RealtimeDelivery[] = [];
    await until(async () => {
      const messages = await harness.drain('notifications.realtimes');
      deliveries.push(...messages.map(({ content }) => parseEvent(content).payload as RealtimeDelivery));
      const framed = new Set(deliveries.flatMap(({ notifications }) => notifications.map(({ frame }) => frame.id)));
      return ids.every((id) => framed.has(id));
    });
    return deliveries;
  }
  const attempts = async (outcome: string) => {
    const metric = await register.getSingleMetric('reaction_attempts_total')?.get();
    return metric?.values.find(({ labels }) => labels['outcome'] === outcome)?.value ?? 0;
  };

  it('send fewer messages with frames than there are events, and count an attempt each', async () => {
    const ids = await waiting(upTo(COUNT).map(String));
    const before = await attempts('ok');
    const app = await worker();
    const deliveries = await deliveriesOf(ids);
    expect(deliveries.length).toBeLessThan(COUNT / 2);
    const frames = deliveries.flatMap(({ notifications }) => notifications.map(({ frame }) => frame));
    expect(frames.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(upTo(COUNT));
    expect(frames.every(({ seq, unread }) => unread?.count === seq)).toBe(true);
    await app.close();
    expect(await attempts('ok')).toBe(before + COUNT);
  });

  it('do not fail with one that cannot succeed: it alone is retried, and then dead', async () => {
    const names = upTo(COUNT).map((n) => (n === COUNT / 2 ? 'not a text: \u0000' : 'Acme'));
    const ids = await waiting(names);
    const before = await attempts('failed');
    const app = await worker();
    const found = await states(ids);
    const poison = ids[COUNT / 2 - 1] as string;
    expect(ids.filter((id) => found.get(id) !== 'done')).toEqual([poison]);
    expect(found.get(poison)).toBe('dead');
    expect(await seqs()).toEqual(upTo(COUNT - 1));
    const dead = await until(() => harness.channel.get('events.invites.dlq', { noAck: true }));
    expect(dead.properties.messageId).toBe(poison);
    expect(await attempts('failed')).toBe(before + POLICY.maxAttempts);
    await app.close();
    await harness.drain('notifications.realtimes');
  });

  it('and committed by a process that dies before it acknowledges them have their frames sent, and no second row', async () => {
    const ids = await waiting(upTo(COUNT).map(String));
    let die: (error: Error) => void = () => undefined;
    const dead = new Promise<never>((_, reject) => (die = reject));
    const send = jest.spyOn(FrameSender.prototype, 'send').mockReturnValue(dead);
    const victim = await worker();
    await states(ids);
    expect(await harness.drain('notifications.realtimes')).toEqual([]);
    // For the broker and for PostgreSQL it is gone.
    await victim.get(Broker).connection.close();
    send.mockRestore();
    const successor = await worker();
    await deliveriesOf(ids);
    expect(await seqs()).toEqual(upTo(COUNT));
    await until(async () => (await harness.channel.checkQueue('events.invites')).messageCount === 0);
    await successor.close();
    die(new Error('the process is gone'));
    await victim.close();
    expect(await harness.drain('events.invites.dlq')).toEqual([]);
  });

  it('wait together while PostgreSQL refuses, and are each done once when it is back', async () => {
    const app = await worker();
    const endOutage = await beginOutage(harness.database.url);
    const facts = { inviteId: newId(), companyId: newId(), inviterId: ana, inviteeId: newId(), inviteeName: 'Bo' };
    const ids = upTo(COUNT).map(() =>
      harness.send('events.invites', InviteAccepted, { ...facts, companyName: 'Acme' }),
    );
    await until(() => app.get(WorkerTransport).queueConsumers.every(({ pausedFor }) => pausedFor));
    await endOutage();
    expect(new Set((await states(ids)).values())).toEqual(new Set(['done']));
    expect(await seqs()).toEqual(upTo(COUNT));
    expect(await harness.drain('events.invites.dlq')).toEqual([]);
    await app.close();
  });

  it('share a message of frames, but for those whose trace is recorded: each continues its own', async () => {
    await harness.drain('notifications.realtimes');
    recordSpans(() => undefined);
    const app = await worker();
    const event = { id: newId(), type: InviteAccepted.type, actorId: null, companyId: null, membershipVersion: null };
    const frames = {
      event: { ...event, occurredAt: new Date().toISOString(), payload: {} },
      notifications: [],
      rooms: [{ room: `user:${ana}`, event: event.type, frame: { eventId: event.id, companyId: null, version: null } }],
    };
    const flags = ['00', '01', '00', '01', '00'];
    const traces = flags.map((flag, n) => continueTrace(`00-${String(n + 1).repeat(32)}-${'a'.repeat(16)}-${flag}`));
    const sender = app.get(FrameSender);
    await Promise.all(traces.map((trace) => runInTrace(trace, () => sender.send(frames))));
    recordSpans(undefined);
    const messages = await harness.drain('notifications.realtimes');
    const sent = messages.map(({ content, properties }) => ({
      traceparent: properties.headers?.['traceparent'] as string,
      rooms: (parseEvent(content).payload as RealtimeDelivery).rooms.length,
    }));
    const [first, second, , fourth] = traces.map(({ traceparent }) => traceparent);
    expect(sent.sort((one, other) => (one.traceparent < other.traceparent ? -1 : 1))).toEqual([
      { traceparent: first, rooms: 3 },
      { traceparent: second, rooms: 1 },
      { traceparent: fourth, rooms: 1 },
    ]);
    await app.close();
  });
});
