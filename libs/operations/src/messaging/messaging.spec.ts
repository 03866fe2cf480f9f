import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteRevoked } from '@convene/contracts/events/invites-revoked';
import { ListDeadLetters, ListQueues, ReadOutbox } from '@convene/contracts/ops/routes';
import { OnEvent } from '@convene/messaging/reactions';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { newId } from '@convene/prisma/ids';
import { OperationsHarness } from '../test-support/operations-harness';

const PAYLOAD = { inviteId: newId(), companyId: newId(), companyName: 'Acme', inviteeId: null };

@Controller()
class Failing {
  @OnEvent(InviteRevoked, 'fail-when-invite-revoked', { guarantee: 'at-least-once' })
  fail({ id }: EventOf<typeof InviteRevoked>) {
    throw new Error(`Template 17 has no field for ${id}`);
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

it('outbox tells what is pending by type, the oldest first, and what a relay has claimed', async () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const claimedUntil = new Date(Date.now() + 60_000);
  const event = (type: string, occurredAt: Date, more: object = {}) => {
    return servers.prisma.domainEvent.create({ data: { id: newId(), type, payload: {}, occurredAt, ...more } });
  };
  await event('invites.created', minutesAgo(2), { claimedUntil, attempts: 3 });
  await event('invites.created', minutesAgo(1));
  await event('users.registered', minutesAgo(5));
  await event('users.registered', minutesAgo(9), { publishedAt: new Date() });
  const { body } = await ops.call(ReadOutbox, { as: 'viewer' });
  expect(body).toMatchObject({ pending: 3, claimed: 1, failed: 1, isTruncated: false });
  expect(body.types).toMatchObject([
    { type: 'users.registered', pending: 1, claimed: 0 },
    { type: 'invites.created', pending: 2, claimed: 1, failed: 1 },
  ]);
  expect(body.types.map(({ oldestSeconds }) => Math.round(oldestSeconds / 60))).toEqual([5, 2]);
  await servers.prisma.domainEvent.deleteMany();
});

it('queues and dlq list tell of three reactions that died of one failure', async () => {
  await servers.worker(['events.invites'], [Failing], { maxAttempts: 1 });
  const ids = [1, 2, 3].map(() => servers.send('events.invites', InviteRevoked, PAYLOAD));
  const found = await until(async () => {
    const { data } = (await ops.call(ListQueues, { as: 'viewer' })).body;
    const queue = data.find((one) => one.queue === 'events.invites');
    return queue?.deadLetters === 3 && queue;
  });
  const of = { queue: 'events.invites', state: 'there', ready: 0, consumers: 1, waiting: 0, dead: 3, deadLetters: 3 };
  expect(found).toEqual(of);

  const list = async (query = {}) => (await ops.call(ListDeadLetters, { as: 'viewer', query })).body;
  const { total, data } = await list();
  expect(total).toBe(3);
  expect(data).toEqual([
    expect.objectContaining({
      queue: 'events.invites',
      type: 'invites.revoked',
      reaction: 'fail-when-invite-revoked',
      error: expect.stringMatching(/Template \* has no field for \*$/),
      count: 3,
    }),
  ]);
  expect(ids).toContain(data[0]!.sampleEventId);
  expect((await list({ error: 'NO FIELD', type: 'invites.revoked' })).total).toBe(3);
  expect((await list({ eventId: ids[0] })).total).toBe(1);
  for (const query of [
    { error: 'other' },
    { queue: 'events' },
    { type: 'invites.created' },
    { until: data[0]!.firstAt },
    { reaction: 'x' },
  ]) {
    expect(await list(query)).toEqual({ total: 0, data: [] });
  }
});
