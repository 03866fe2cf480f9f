import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { InviteRevoked } from '@convene/contracts/events/invites-revoked';
import {
  AbortAct,
  DiscardDeadLetters,
  ListQueues,
  ReadAct,
  ReplayDeadLetters,
  ResumeAct,
} from '@convene/contracts/ops/routes';
import { newEvent } from '@convene/messaging/outbox/append';
import { OnEvent } from '@convene/messaging/reactions';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { newId } from '@convene/prisma/ids';
import { OperationsHarness } from '../test-support/operations-harness';

/** CONVENE_REPLAY_POISON=10000 measures the same on as many (docs/operations.md). */
const POISON = Number(process.env['CONVENE_REPLAY_POISON'] ?? 200);
const GOOD = POISON / 4;
/** A second. */
const RATE = Math.min(1_000, POISON / 4);
jest.setTimeout(60_000 + 30 * POISON);
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
let writer: Awaited<ReturnType<MessagingHarness['writer']>>;
let companyId: string;
beforeAll(async () => {
  servers = await MessagingHarness.create();
  ops = await OperationsHarness.start(servers.database.url, servers.rabbitmqUrl);
  await servers.worker(['events.invites'], [Reactions], { maxAttempts: 1 });
  writer = await servers.writer();
  companyId = await servers.company([]);
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

async function invites(companyNames: string[]): Promise<string[]> {
  const events = companyNames.map((companyName) => {
    const payload = { inviteId: newId(), companyId, companyName, inviteeId: null };
    return newEvent(InviteRevoked, payload, { actorId: null, companyId });
  });
  return writer.outbox.transaction((_, append) => append.now(events));
}

/** Gives that many reactions up. @returns the ids of their events */
async function die(count: number): Promise<string[]> {
  isBroken = true;
  const ids = await invites(Array.from({ length: count }, () => 'Poison'));
  await until(async () => (await copies()) === count);
  isBroken = false;
  return ids;
}

const ended = (actId: string) =>
  until(async () => {
    const act = await read(actId);
    return act.state === 'done' && act;
  });

it('dead reactions among good ones are replayed at a rate, aborted and resumed, by two operators at once, each done once', async () => {
  const ids = await invites(Array.from({ length: POISON + GOOD }, (_, n) => (n < POISON ? 'Poison' : 'Acme')));
  await until(async () => done.length === GOOD && (await copies()) === POISON);

  const refused = await ops.call(ReplayDeadLetters, { as: 'viewer', body: { filter: {}, reason: 'let me try' } });
  expect(refused.status).toBe(403);

  isBroken = false;
  const began = performance.now();
  const clicks = await Promise.all([replay('ana', RATE), replay('bo', RATE)]);
  const [act, second] = clicks
    .map(({ body }) => body)
    .sort((a, b) => (b.counts['planned'] ?? 0) - (a.counts['planned'] ?? 0));
  expect(act).toMatchObject({ state: 'running', counts: { planned: POISON } });
  expect(second).toMatchObject({ state: 'done', counts: { planned: 0 } });

  const actId = act!.id;
  // In the middle of it.
  await until(() => done.length > GOOD + POISON / 4);
  const change = { params: { actId }, body: { reason: 'looking first' } };
  expect((await ops.call(AbortAct, change)).body.state).toBe('aborted');
  expect((await ops.call(AbortAct, change)).body.state).toBe('aborted');
  // Its process lets go of it once everything that it sent has an outcome.
  await until(
    async () => (await servers.prisma.operatorAct.findUniqueOrThrow({ where: { id: actId } })).leaseOwner === null,
  );
  const paused = (await read(actId)).counts;
  expect(done).toHaveLength(GOOD + paused['done']!);
  expect(paused['planned']).toBeGreaterThan(0);
  expect(paused['done']! + paused['planned']!).toBe(POISON);

  await ops.call(ResumeAct, change);
  expect(await ended(actId)).toMatchObject({ counts: { done: POISON }, outcome: null, finishedAt: expect.any(String) });
  expect(performance.now() - began).toBeGreaterThan((POISON / RATE) * 900);
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
});

it('what a killed process left, taken out of the ledger and not sent, is continued by another when the lease ends', async () => {
  const before = done.length;
  const [left, next] = (await die(2)) as [string, string];
  const actId = newId();
  const { prisma } = servers;
  const reaction = 'react-in-replay-spec';
  await prisma.$transaction([
    prisma.$executeRaw`
      INSERT INTO operator_acts (id, operator, command, filter, reason, rate, lease_owner, lease_until)
      VALUES (${actId}::uuid, 'ana', 'dlq replay', '{}', 'the process is killed', 50, 'killed', now() + interval '2 seconds')`,
    prisma.$executeRaw`DELETE FROM inbox WHERE event_id = ${left}::uuid`,
    prisma.$executeRaw`
      INSERT INTO operator_act_items (act_id, event_id, reaction, state, error)
      VALUES (${actId}::uuid, ${left}::uuid, ${reaction}, 'taken', 'x'), (${actId}::uuid, ${next}::uuid, ${reaction}, 'planned', 'x')`,
  ]);
  // Another click does not take them from it, and wakes the process that looks for acts.
  expect((await replay('bo')).body).toMatchObject({ state: 'done', counts: { planned: 0 } });
  expect(done).toHaveLength(before);

  expect(await ended(actId)).toMatchObject({ counts: { done: 2 }, outcome: null });
  expect(done.slice(before).toSorted()).toEqual([left, next].toSorted());
  expect(await copies()).toBe(0);
}, 60_000);

it('what no handler can do stays dead and says why; what is discarded does not run, and its copy goes', async () => {
  const before = done.length;
  const [unknown, stale] = [newId(), newId()];
  await servers.prisma.$executeRaw`
    INSERT INTO inbox (event_id, reaction, state, error)
    VALUES (${unknown}::uuid, 'react-in-replay-spec', 'dead', 'x'), (${stale}::uuid, 'react-in-replay-spec', 'dead', 'x')`;
  await servers.prisma.$executeRaw`
    INSERT INTO domain_events (id, type, payload, occurred_at, published_at)
    VALUES (${stale}::uuid, 'invites.revoked', '{"inviteId": 7}', now(), now())`;
  const { id } = (await replay('ana')).body;
  const act = await ended(id);
  expect(act.counts).toEqual({ impossible: 2 });
  expect(act.outcome).toContain('1 impossible: the event is no longer stored');
  expect(act.outcome).toContain('1 impossible: its payload is not that of invites.revoked any more');
  const dead = await servers.prisma.$queryRaw`SELECT count(*)::int AS count FROM inbox WHERE state = 'dead'`;
  expect(dead).toEqual([{ count: 2 }]);

  await die(3);
  const body = { filter: { reaction: 'react-in-replay-spec' }, rate: 1_000, reason: 'old news' };
  const discard = (await ops.call(DiscardDeadLetters, { body })).body;
  expect(await ended(discard.id)).toMatchObject({ counts: { discarded: 5 }, outcome: null });
  expect(await copies()).toBe(0);
  expect(done).toHaveLength(before);
}, 60_000);
