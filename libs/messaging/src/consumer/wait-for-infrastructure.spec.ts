import { setTimeout as wait } from 'node:timers/promises';
import { Controller } from '@nestjs/common';
import { register } from 'prom-client';
import type { EventOf } from '@convene/contracts/event';
import { CompanyDeleted } from '@convene/contracts/events/companies-deleted';
import { CompanyUpdated } from '@convene/contracts/events/companies-updated';
import { InviteAccepted } from '@convene/contracts/events/invites-accepted';
import { HealthRegistry } from '@convene/observability/health';
import { TransientError } from '@convene/observability/infrastructure';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { newId } from '@convene/prisma/ids';
import { beginOutage } from '@convene/testing/database-outage';
import { notify, OnEvent } from '../reactions';
import { MessagingHarness, until } from '../test-support/messaging-harness';
import { declareQueue } from '../topology/declare';

const POLICY = { maxAttempts: 3, baseMs: 20 };

@Controller()
class NotifyInviter {
  @OnEvent(InviteAccepted, 'notify-inviter')
  notifyInviter({ payload: { inviteId, companyName, inviterId, inviteeName } }: EventOf<typeof InviteAccepted>) {
    return [notify({ users: [inviterId] }, 'INVITE_ACCEPTED', { inviteId, companyName, inviteeName })];
  }
}

let smtp = true;
let attempts = 0;
const mailed: string[] = [];

@Controller()
class Effects {
  constructor(private readonly database: Database) {}

  @OnEvent(CompanyDeleted, 'send-mail', { guarantee: 'at-least-once' })
  async sendMail({ payload: { companyName: name } }: EventOf<typeof CompanyDeleted>): Promise<void> {
    if (!smtp) throw new TransientError('smtp', 'connect ECONNREFUSED');
    mailed.push(name);
  }

  @OnEvent(CompanyUpdated, 'fail-after-commit')
  async failAfterCommit({ id }: EventOf<typeof CompanyUpdated>): Promise<never> {
    const over = { eventId: id, reaction: 'fail-after-commit', state: 'done' } as const;
    await this.database.execute(sql`
      INSERT INTO inbox (event_id, reaction, state) VALUES (${over.eventId}::uuid, ${over.reaction}, 'done')
      ON CONFLICT DO NOTHING`);
    attempts++;
    throw new Error('a mistake of ours');
  }
}

describe('a failure of infrastructure', () => {
  let harness: MessagingHarness;
  let ana: string;
  beforeAll(async () => {
    harness = await MessagingHarness.create();
    await declareQueue(harness.channel, 'notifications.realtimes', POLICY);
    ana = await harness.user('ana');
  });
  afterAll(() => harness.close());

  const invites = () => harness.worker(['events.invites'], [NotifyInviter], POLICY);
  const accepted = () => {
    const facts = { inviteId: newId(), companyId: newId(), companyName: 'Acme', inviterId: ana, inviteeId: newId() };
    return harness.send('events.invites', InviteAccepted, { ...facts, inviteeName: 'Bo' });
  };
  const waits = async (cause: string) => {
    const metric = await register.getSingleMetric('reactions_waiting_for_infrastructure_total')?.get();
    return metric?.values.find(({ labels }) => labels.cause === cause)?.value ?? 0;
  };
  const inbox = (ids: string[]) => harness.prisma.processedReaction.findMany({ where: { eventId: { in: ids } } });
  const done = async (ids: string[]) => {
    const rows = await until(async () => {
      const found = await inbox(ids);
      return found.length === ids.length && found;
    });
    expect([...new Set(rows.map(({ state }) => state))]).toEqual(['done']);
  };
  const ready = async (queue: string) => (await harness.channel.checkQueue(queue)).messageCount;

  it('retries without limit during a full disk, and succeeds once there is space', async () => {
    const worker = await invites();
    await harness.prisma.$executeRaw`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$`;
    await harness.prisma
      .$executeRaw`CREATE TRIGGER full_disk BEFORE INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION full_disk()`;
    const ids = [accepted(), accepted(), accepted()];
    await until(async () => (await waits('resources')) > ids.length * POLICY.maxAttempts + 2);
    expect(await inbox(ids)).toEqual([]);
    await harness.prisma.$executeRaw`DROP TRIGGER full_disk ON notifications`;
    await done(ids);
    expect(await harness.prisma.notification.count({ where: { eventId: { in: ids } } })).toBe(ids.length);
    expect(await harness.drain('events.invites.dlq')).toEqual([]);
    await worker.close();
  });

  it('pauses the queue while every attempt fails, and consumes again when PostgreSQL is back', async () => {
    const worker = await invites();
    const consumers = async () => (await worker.get(HealthRegistry).report()).checks.consumers;
    const endOutage = await beginOutage(harness.database.url);
    const ids = Array.from({ length: 200 }, accepted);
    const paused = await until(async () => {
      const health = await consumers();
      return health?.error?.includes('paused') && health;
    });
    expect(paused).toMatchObject({ status: 'down', error: expect.stringMatching(/events\.invites is paused/) });
    await until(async () => (await harness.channel.checkQueue('events.invites')).consumerCount === 0);
    await wait(2_000);
    // What was in work when it paused waits at some level, and the messages that are tried; the others stay in their queue.
    expect(await ready('events.invites')).toBeGreaterThan(100);
    await endOutage();
    await done(ids);
    await until(async () => (await consumers())?.status === 'ok');
    expect(await harness.drain('events.invites.dlq')).toEqual([]);
    await worker.close();
  });

  it('of a mail server neither marks its reaction dead nor pauses the queue', async () => {
    smtp = false;
    const worker = await harness.worker(['events'], [Effects], POLICY);
    const id = harness.send('events', CompanyDeleted, { companyId: newId(), companyName: 'Acme' });
    await until(async () => (await waits('smtp')) > 12);
    expect((await harness.channel.checkQueue('events')).consumerCount).toBe(1);
    smtp = true;
    await done([id]);
    expect(mailed).toEqual(['Acme']);
    await worker.close();
  });

  it('after the commit makes no dead letter of a done reaction, even for a programming error', async () => {
    const worker = await harness.worker(['events'], [Effects], POLICY);
    const id = harness.send('events', CompanyUpdated, { companyId: newId(), name: 'Acme', isPublic: true });
    await until(() => attempts === POLICY.maxAttempts);
    await worker.close();
    expect(await harness.drain('events.dlq')).toEqual([]);
    await done([id]);
  });

  it('to forward frames keeps those of a committed reaction until the broker accepts them, without a dead letter', async () => {
    const queue = 'notifications.realtimes';
    await harness.channel.deleteQueue(queue);
    const limited = { 'x-queue-type': 'quorum', 'x-overflow': 'reject-publish', 'x-max-length': 1 };
    await harness.channel.assertQueue(queue, { arguments: limited });
    await harness.channel.bindQueue(queue, 'domain.events', 'realtime_deliveries.#');
    const worker = await invites();
    // A quorum queue notices its limit a little late.
    for (let full = 0; full < 5; full++) harness.channel.sendToQueue(queue, Buffer.from('{}'));
    await until(async () => (await ready(queue)) === 5);
    const id = accepted();
    await until(async () => (await waits('rabbitmq')) > POLICY.maxAttempts * 2);
    await done([id]);
    await harness.drain(queue);
    const frame = await until(() => harness.channel.get(queue, { noAck: true }));
    expect(frame.properties.messageId).toBe(id);
    expect(await harness.drain('events.invites.dlq')).toEqual([]);
    await worker.close();
  });
});
