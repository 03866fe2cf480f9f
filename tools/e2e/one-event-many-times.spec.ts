import { toMessage } from '@convene/messaging/outbox/outbox-message';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { TestSystem, until } from './test-support/test-system';

const COPIES = 100;

const THE_EVENT = `SELECT id, type, payload, actor_id AS "actorId", company_id AS "companyId",
  membership_version AS "membershipVersion", occurred_at AS "occurredAt", traceparent
  FROM domain_events WHERE type = 'invites.created'`;

describe('the same event', () => {
  it(`delivered ${COPIES} times to four workers is one notification, received once`, async () => {
    await TestSystem.with({ instances: { 'invites-worker': 4 } }, async (system) => {
      const userPairs = await system.connectPairs(1);
      await userPairs.write();
      await userPairs.settled(30_000);
      const [event] = await system.rows<OutboxRow>(THE_EVENT);
      if (!event) throw new Error('The write left no event');

      const { exchange, routingKey, body, messageId, headers } = toMessage(event);
      await system.withBroker(async (channel) => {
        for (let copy = 0; copy < COPIES; copy++) channel.publish(exchange, routingKey, body, { messageId, headers });
        await until(async () => (await channel.checkQueue('events.invites')).messageCount === 0);
      });
      // A worker that stops in order has finished what it took.
      const workers = system.processes.apps.filter(({ name }) => name === 'invites-worker');
      expect(await Promise.all(workers.map((worker) => worker.stop()))).toEqual(workers.map(() => 'exit code 0'));
      expect(await system.faults(userPairs)).toEqual([]);
      expect(await system.deadLetters()).toBe(0);
    });
  });
});
