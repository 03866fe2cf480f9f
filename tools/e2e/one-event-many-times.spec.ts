import { serializeEvent } from '@convene/messaging/wire';
import { House } from './house';

const COPIES = 100;

describe('the same event', () => {
  it(`delivered ${COPIES} times to four workers is one notification, seen once`, async () => {
    const house = await House.open({ instances: { 'invites-worker': 4 } });
    const crowd = await house.gather(1);
    await crowd.connect();
    await crowd.write();
    await crowd.settled(30_000);
    const [event] = await house.rows<{
      id: string;
      payload: object;
      actor: string;
      company: string;
      version: number;
      at: Date;
    }>(
      `SELECT id, payload, actor_id AS actor, company_id AS company, membership_version AS version, occurred_at AS at
       FROM domain_events WHERE type = 'invites.created'`,
    );
    if (!event) throw new Error('The write left no event');
    const { id, payload, actor: actorId, company: companyId, version: membershipVersion } = event;
    const header = {
      id,
      type: 'invites.created',
      occurredAt: event.at.toISOString(),
      actorId,
      companyId,
      membershipVersion,
    };
    const body = serializeEvent({ ...header, payload });

    await house.withBroker(async (channel) => {
      for (let copy = 0; copy < COPIES; copy++)
        channel.publish('domain.events', 'invites.created', body, { messageId: id });
      let left: number;
      do left = (await channel.checkQueue('events.invites')).messageCount;
      while (left > 0);
    });
    // A worker that stops has finished what it took.
    for (const app of house.system.apps)
      if (app.name === 'invites-worker') expect(await app.stop()).toBe('exit code 0');
    expect(await house.faults(crowd)).toEqual([]);
    expect(await house.deadLetters()).toBe(0);

    crowd.disconnect();
    await house.close();
  });
});
