import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteRevoked } from '@convene/contracts/events/invites-revoked';
import { AbortAct, ListQueues, ReadAct, ReplayDeadLetters, ResumeAct } from '@convene/contracts/ops/routes';
import { newEvent } from '@convene/messaging/outbox/append';
import { OnEvent } from '@convene/messaging/reactions';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { newId } from '@convene/prisma/ids';
import { OperationsHarness } from '../test-support/operations-harness';

const POISON = 1_000;
const GOOD = 200;
const done: string[] = [];
let isBroken = true;

@Controller()
class Reactions {
  @OnEvent(InviteRevoked, 'react-in-replay-spec', { guarantee: 'at-least-once' })
  react({ id, payload }: EventOf<typeof InviteRevoked>) {
    if (isBroken && payload.companyName === 'Poison') throw new Error(`No template for ${id}`);
    done.push(id);
  }
}

let servers: MessagingHarness;
let ops: OperationsHarness;
beforeAll(async () => {
  servers = await MessagingHarness.create();
  ops = await OperationsHarness.start(servers.database.url, servers.rabbitmqUrl);
  await servers.worker(['events.invites'], [Reactions], { maxAttempts: 1 });
});
afterAll(async () => {
  await ops.close();
  await servers.close();
});

const copies = async () => {
  const { data } = (await ops.call(ListQueues)).body;
  return data.find(({ queue }) => queue === 'events.invites')?.deadLetters;
};
const replay = (name: string, rate = 1_000) =>
  ops.call(ReplayDeadLetters, {
    name,
    body: { filter: { type: 'invites.revoked' }, rate, reason: 'the template is back' },
  });
const read = async (actId: string) => (await ops.call(ReadAct, { params: { actId }, as: 'viewer' })).body;

it('1,000 dead reactions among good ones are replayed at a rate, aborted and resumed, by two operators at once, each done once', async () => {
  const companyId = await servers.company([]);
  const names = Array.from({ length: POISON + GOOD }, (_, n) => (n < POISON ? 'Poison' : 'Acme'));
  const events = names.map((companyName) => {
    const payload = { inviteId: newId(), companyId, companyName, inviteeId: null };
    return newEvent(InviteRevoked, payload, { actorId: null, companyId });
  });
  const writer = await servers.writer();
  const ids = await writer.outbox.transaction((_, append) => append.now(events));
  await until(async () => done.length === GOOD && (await copies()) === POISON);

  const refused = await ops.call(ReplayDeadLetters, { as: 'viewer', body: { filter: {}, reason: 'let me try' } });
  expect(refused.status).toBe(403);

  isBroken = false;
  const began = performance.now();
  const clicks = await Promise.all([replay('ana', 500), replay('bo', 500)]);
  const [act, second] = clicks
    .map(({ body }) => body)
    .sort((a, b) => (b.counts['planned'] ?? 0) - (a.counts['planned'] ?? 0));
  expect(act).toMatchObject({ state: 'running', counts: { planned: POISON } });
  expect(second).toMatchObject({ state: 'done', counts: { planned: 0 } });

  const actId = act!.id;
  await until(() => done.length > GOOD + 100);
  const change = { params: { actId }, body: { reason: 'looking first' } };
  expect((await ops.call(AbortAct, change)).body.state).toBe('aborted');
  expect((await ops.call(AbortAct, change)).body.state).toBe('aborted');
  const paused = await until(async () => {
    const { state, counts } = await read(actId);
    return state === 'aborted' && !counts['taken'] && !counts['sent'] && counts;
  });
  expect(done).toHaveLength(GOOD + paused['done']!);
  expect(paused['planned']).toBeGreaterThan(0);
  expect(paused['done']! + paused['planned']!).toBe(POISON);

  await ops.call(ResumeAct, change);
  const ended = await until(async () => {
    const now = await read(actId);
    return now.state === 'done' && now;
  });
  expect(ended).toMatchObject({ counts: { done: POISON }, outcome: null, finishedAt: expect.any(String) });
  // At 500 a second they take two seconds at least.
  expect(performance.now() - began).toBeGreaterThan(1_500);
  expect(done.toSorted()).toEqual(ids.toSorted());
  expect(await copies()).toBe(0);

  const audit = await servers.prisma.operatorAct.findMany({ orderBy: { id: 'asc' } });
  expect(audit.map(({ command, state }) => `${command} ${state}`).toSorted()).toEqual([
    'acts abort done',
    'acts abort done',
    'acts resume done',
    'dlq replay done',
    'dlq replay done',
  ]);
}, 60_000);
