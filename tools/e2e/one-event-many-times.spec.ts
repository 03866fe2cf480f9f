import { toMessage } from '@convene/messaging/outbox/outbox-relay';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { House, until } from './house';

const COPIES = 100;

const THE_EVENT = `SELECT id, type, payload, actor_id AS "actorId", company_id AS "companyId",
  membership_version AS "membershipVersion", occurred_at AS "occurredAt", traceparent
  FROM domain_events WHERE type = 'invites.created'`;

describe('the same event', () => {
  it(`delivered ${COPIES} times to four workers is one notification, seen once`, async () => {
    await House.with({ instances: { 'invites-worker': 4 } }, async (house) => {
      const crowd = await house.gather(1);
      await crowd.write();
      await crowd.settled(30_000);
      const [event] = await house.rows<OutboxRow>(THE_EVENT);
      if (!event) throw new Error('The write left no event');

      const { exchange, routingKey, body, messageId, headers } = toMessage(event);
      await house.withBroker(async (channel) => {
        for (let copy = 0; copy < COPIES; copy++) channel.publish(exchange, routingKey, body, { messageId, headers });
        await until(async () => (await channel.checkQueue('events.invites')).messageCount === 0);
      });
      // A worker that stops in order has finished what it took.
      const workers = house.system.apps.filter(({ name }) => name === 'invites-worker');
      expect(await Promise.all(workers.map((worker) => worker.stop()))).toEqual(workers.map(() => 'exit code 0'));
      expect(await house.faults(crowd)).toEqual([]);
      expect(await house.deadLetters()).toBe(0);
    });
  });
});
