import { register } from 'prom-client';
import type { PayloadOf } from '@convene/contracts/event';
import { MessageSent } from '@convene/contracts/events/notifications-sent';
import type { RealtimeDelivery } from '@convene/contracts/messages/realtime-delivery';
import { userRoom } from '@convene/contracts/sockets/rooms';
import { CHUNK } from '@convene/inbox/audience/audience-store';
import { ChunkSender } from '@convene/messaging/audience/chunk-sender';
import { newEvent } from '@convene/messaging/outbox/append';
import { toMessage } from '@convene/messaging/outbox/outbox-message';
import { Sweeper } from '@convene/messaging/sweeper/sweeper';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { declareQueue } from '@convene/messaging/topology/declare';
import { parseEvent } from '@convene/messaging/wire';
import { newId } from '@convene/prisma/ids';
import { FramePublisher } from '@convene/realtime/frames';
import { FramePublisherModule } from '@convene/realtime/frames.module';
import { RedisModule } from '@convene/redis/redis.module';
import { createTestRedis } from '@convene/testing/test-redis';
import { NotifyAudienceWhenMessageSent } from './notify-audience-when-message-sent';
import { CHUNKS_IN_WORK, WriteAudienceChunk } from './write-audience-chunk';

const POLICY = { maxAttempts: 3, baseMs: 50 };
const MEMBERS = 3 * CHUNK + 20;

describe('a message to a large company', () => {
  let harness: MessagingHarness;
  let owner: string;
  let companyId: string;

  beforeEach(async () => {
    harness = await MessagingHarness.create();
    await declareQueue(harness.channel, 'notifications.realtimes', POLICY);
    owner = await harness.user('owner');
    companyId = await harness.company([{ userId: owner, role: 'OWNER' }]);
    await harness.prisma.$executeRaw`
      WITH people AS (
        INSERT INTO users (id, email, display_name, password_hash)
        SELECT id, id || '@example.com', 'One of many', '-' FROM (
          SELECT gen_random_uuid() AS id FROM generate_series(2, ${MEMBERS}::int)) AS made
        RETURNING id
      )
      INSERT INTO membership_periods (company_id, user_id, role, from_version)
      SELECT ${companyId}::uuid, id, 'MEMBER', 1 FROM people`;
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await harness.close();
  });

  const lane = async () =>
    harness.worker(['events', 'audiences'], [NotifyAudienceWhenMessageSent, WriteAudienceChunk], {
      imports: [RedisModule.forRoot((await createTestRedis()).url), FramePublisherModule.forRoot({ adapter: true })],
      prefetchOf: { audiences: CHUNKS_IN_WORK },
    });

  const message = (text: string): PayloadOf<typeof MessageSent> => {
    return { audience: 'company', recipientIds: [], companyName: 'Acme', senderId: owner, senderName: 'Ana', text };
  };

  const send = (writer: Awaited<ReturnType<MessagingHarness['writer']>>, text = 'hello') =>
    writer.outbox.transaction(async (_, append) => {
      const [id = ''] = await append.now([newEvent(MessageSent, message(text), { actorId: owner, companyId })]);
      return id;
    });

  /** What was emitted to whom: `<room> <seq>`, each as often as it was. Every recipient has a device. */
  function frames(publisher: FramePublisher, before: (count: number) => void = () => undefined): Map<string, number> {
    const counts = new Map<string, number>();
    const emit = publisher.emit.bind(publisher);
    jest.spyOn(publisher, 'subscribed').mockImplementation(async (rooms) => rooms);
    jest.spyOn(publisher, 'emit').mockImplementation((room, event, frame) => {
      before(counts.size);
      const key = `${room} ${(frame as { seq: number }).seq}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return emit(room, event, frame);
    });
    return counts;
  }

  const rowsOf = (eventId: string) => harness.prisma.notification.findMany({ where: { eventId } });
  const chunks = () => harness.prisma.domainEvent.findMany({ where: { internal: true }, orderBy: { id: 'asc' } });
  const over = (eventId: string) =>
    until(async () => (await rowsOf(eventId)).length === MEMBERS - 1 && (await harness.prisma.audience.count()) === 0);
  const failedAttempts = async () => {
    const metric = await register.getSingleMetric('reaction_attempts_total')?.get();
    return (
      metric?.values
        .filter(({ labels }) => labels['outcome'] === 'failed')
        .reduce((sum, { value }) => sum + value, 0) ?? 0
    );
  };

  it('is written in chunks, with one row, seq and frame per recipient, outside of the queue of small messages', async () => {
    const failed = await failedAttempts();
    const worker = await lane();
    const emitted = frames(worker.get(FramePublisher));
    const writer = await harness.writer();
    const ids = await Promise.all([send(writer, 'one'), send(writer, 'two'), send(writer, 'three')]);
    for (const id of ids) await over(id);
    const [inboxes] = await harness.prisma.$queryRaw<object[]>`
      SELECT count(*)::int AS recipients, min(rows)::int AS least, max(rows)::int AS most, bool_and(dense) AS dense
      FROM (SELECT count(*) AS rows, count(DISTINCT seq) = count(*) AND max(seq) = count(*) AS dense
            FROM notifications GROUP BY recipient_user_id) AS inbox`;
    expect(inboxes).toEqual({ recipients: MEMBERS - 1, least: 3, most: 3, dense: true });
    await until(() => emitted.size === 3 * (MEMBERS - 1));
    expect(new Set(emitted.values())).toEqual(new Set([1]));
    const delivered = (await harness.drain('notifications.realtimes')).map(
      ({ content }) => parseEvent(content).payload as RealtimeDelivery,
    );
    expect(delivered).toEqual([]);
    await worker.close();
    expect(await harness.channel.checkQueue('audiences')).toMatchObject({ messageCount: 0 });
    expect(await failedAttempts()).toBe(failed);
  });

  it('sends no frame to a recipient without a device', async () => {
    const worker = await lane();
    const publisher = worker.get(FramePublisher);
    const emitted = frames(publisher);
    const reachable = userRoom(newId());
    const asked = jest
      .spyOn(publisher, 'subscribed')
      .mockImplementation(async (rooms) => [...rooms.slice(-1), reachable]);
    const id = await send(await harness.writer());
    await over(id);
    await until(() => emitted.size === asked.mock.calls.length);
    const rooms = asked.mock.calls.map(([all]) => all.at(-1));
    expect(asked.mock.calls.flatMap(([all]) => all)).toHaveLength(MEMBERS - 1);
    expect([...emitted.keys()].map((key) => key.split(' ')[0]).sort()).toEqual(rooms.sort());
    await worker.close();
  });

  it('continues from chunk to chunk without a relay', async () => {
    const worker = await lane();
    const event = { id: newId(), type: MessageSent.type, actorId: owner, companyId, membershipVersion: 1 };
    const row = { ...event, payload: message('hello'), occurredAt: new Date(), traceparent: null };
    await harness.prisma.domainEvent.create({ data: { ...row, publishedAt: new Date() } });
    const { exchange, routingKey, body, headers } = toMessage(row);
    harness.channel.publish(exchange, routingKey, body, { headers });
    await over(event.id);
    await until(async () => (await chunks()).every(({ publishedAt }) => publishedAt));
    expect(await chunks()).toHaveLength(4);
    await worker.close();
  });

  it('continues after a crash between a chunk and its frames, which are sent again without new rows', async () => {
    const worker = await lane();
    let crashes = 0;
    const emitted = frames(worker.get(FramePublisher), (count) => {
      if (count > CHUNK / 2 && crashes++ === 0) throw new Error('crashed');
    });
    const id = await send(await harness.writer());
    await over(id);
    const rooms = (await rowsOf(id)).map(({ recipientUserId, seq }) => `${userRoom(recipientUserId)} ${seq}`);
    await until(() => rooms.every((room) => emitted.has(room)));
    expect(crashes).toBeGreaterThan(1);
    expect(rooms).toHaveLength(MEMBERS - 1);
    await worker.close();
  });

  it('continues through a relay after a crash between a chunk and the request of the next', async () => {
    const worker = await lane();
    jest.spyOn(worker.get(ChunkSender), 'send').mockResolvedValueOnce(undefined);
    const id = await send(await harness.writer());
    await over(id);
    await worker.close();
  });

  it('continues through the sweeper after its queue was emptied', async () => {
    await declareQueue(harness.channel, 'audiences', POLICY);
    const first = await harness.worker(['events'], [NotifyAudienceWhenMessageSent]);
    const writer = await harness.writer();
    // Registered before it happens: a worker of the lane has been here.
    await (await lane()).close();
    const id = await send(writer);
    await until(async () => (await harness.channel.checkQueue('audiences')).messageCount === 1);
    await until(async () => (await chunks()).every(({ publishedAt }) => publishedAt));
    await harness.channel.purgeQueue('audiences');
    const worker = await lane();
    await until(async () => (await worker.get(Sweeper).sweep('audiences', 0)) === 1);
    await over(id);
    await Promise.all([first.close(), worker.close()]);
  });
});
