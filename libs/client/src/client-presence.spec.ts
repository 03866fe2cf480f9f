import { EventEmitter, once } from 'node:events';
import { Collected } from './test-support/collected';
import { COMPANY, ScriptedGateway } from './test-support/scripted-gateway';

let gateway: ScriptedGateway;
beforeEach(async () => {
  gateway = await ScriptedGateway.start();
  gateway.answers['presence.watch'] = () => ({ people: [{ userId: 'ana', state: 'ONLINE' }], complete: true });
});
afterEach(() => gateway.stop());

it('presence shows the members online, and every change', async () => {
  const watch = gateway.client().watchPresence(COMPANY);
  await watch.ready;
  expect([[...watch.people], watch.complete]).toEqual([[['ana', 'ONLINE']], true]);
  const changes = new EventEmitter();
  watch.onChange((people) => changes.emit('change', new Map(people)));
  gateway.emit('presence.changed', {
    companyId: COMPANY,
    people: [
      { userId: 'ana', state: 'OFFLINE' },
      { userId: 'bo', state: 'AWAY' },
    ],
  });
  expect(await once(changes, 'change')).toEqual([new Map([['bo', 'AWAY']])]);
});

it('presence watches again on the next connection, and repeats that the device is idle', async () => {
  const client = gateway.client();
  const watch = client.watchPresence(COMPANY);
  client.setAway(true);
  await watch.ready;
  await gateway.received('presence.update');
  gateway.end({});
  await gateway.received('presence.watch', 2);
  await gateway.received('presence.update', 2);
  expect(gateway.bodies('presence.watch')).toEqual(Array(2).fill({ companyId: COMPANY }));
  client.setAway(false);
  client.setAway(false);
  expect(await gateway.received('presence.update', 3)).toEqual({ state: 'ONLINE' });
});

it('presence prefers a change received during the request over its answer', async () => {
  gateway.answers['presence.watch'] = () => {
    gateway.emit('presence.changed', { companyId: COMPANY, people: [{ userId: 'ana', state: 'AWAY' }] });
    return { people: [{ userId: 'ana', state: 'ONLINE' }], complete: true };
  };
  const watch = gateway.client().watchPresence(COMPANY);
  await watch.ready;
  expect([...watch.people]).toEqual([['ana', 'AWAY']]);
});

it('presence shares one watch of the server among several of a company, until the last ends', async () => {
  const client = gateway.client();
  const [list, badge] = [client.watchPresence(COMPANY), client.watchPresence(COMPANY)];
  await Promise.all([list.ready, badge.ready]);
  list.stop();
  list.stop();
  expect(badge.people.size).toBe(1);
  badge.stop();
  await gateway.received('presence.unwatch');
  expect(gateway.messages.map(({ event }) => event)).toEqual(['presence.watch', 'presence.unwatch']);
});

it('presence reports a refused watch', async () => {
  const error = { code: 'NOT_FOUND', detail: 'No such company', retryable: false };
  gateway.answers['presence.watch'] = () => ({ ok: false, error });
  const client = gateway.client();
  const errors = new Collected(client, 'error');
  await expect(client.watchPresence(COMPANY).ready).rejects.toMatchObject({ name: 'ClientError', code: 'NOT_FOUND' });
  expect(errors.all).toHaveLength(1);
});

it('presence repeats a request that is not answered in time', async () => {
  gateway.answers['presence.watch'] = (_, count) => (count === 1 ? undefined : { people: [], complete: true });
  const watch = gateway.client({ timeoutMs: 200 }).watchPresence(COMPANY);
  await watch.ready;
  expect(gateway.bodies('presence.watch')).toHaveLength(2);
});
