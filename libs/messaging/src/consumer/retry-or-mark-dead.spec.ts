import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { CompanyDeleted } from '@convene/contracts/events/companies-deleted';
import { MembershipLeft } from '@convene/contracts/events/memberships-left';
import { newId } from '@convene/prisma/ids';
import { writeHeaders } from '../headers';
import { OnEvent } from '../reactions';
import { MessagingHarness, until } from '../test-support/messaging-harness';
import { levelOf } from '../topology/retry-levels';

const MAX_ATTEMPTS = 4;
const BASE_MS = 60;

/** When each reaction ran, by company name; the names say what happens. */
const runs = new Map<string, number[]>();

function run(reaction: string, name: string): number {
  const key = `${reaction} ${name}`;
  const times = [...(runs.get(key) ?? []), Date.now()];
  runs.set(key, times);
  return times.length;
}

@Controller()
class Reactions {
  @OnEvent(CompanyDeleted, 'first', { guarantee: 'at-least-once' })
  async first({ payload: { companyName: name } }: EventOf<typeof CompanyDeleted>): Promise<void> {
    const times = run('first', name);
    if (name === 'fails-twice' && times <= 2) throw new Error(`failure ${times}`);
    if (name === 'always-fails') throw new Error('the reason it died');
  }

  @OnEvent(CompanyDeleted, 'second', { guarantee: 'at-least-once' })
  async second({ payload: { companyName: name } }: EventOf<typeof CompanyDeleted>): Promise<void> {
    run('second', name);
  }
}

@Controller()
class Never {
  @OnEvent(MembershipLeft, 'never', { guarantee: 'at-least-once' })
  async never(): Promise<void> {
    throw new Error('never');
  }
}

describe('a message that fails', () => {
  let harness: MessagingHarness;
  beforeAll(async () => {
    harness = await MessagingHarness.create();
    await harness.worker(['events'], [Reactions], { maxAttempts: MAX_ATTEMPTS, baseMs: BASE_MS });
  });
  afterAll(() => harness.close());

  const send = (body: Buffer, messageId = newId()) =>
    harness.channel.sendToQueue('events', body, { messageId, headers: writeHeaders({ attempt: 1 }) });

  const created = (name: string, id = newId()) => {
    const header = { id, type: CompanyDeleted.type, occurredAt: new Date().toISOString(), actorId: null };
    const event = {
      ...header,
      companyId: null,
      membershipVersion: null,
      payload: { companyId: newId(), companyName: name },
    };
    send(Buffer.from(JSON.stringify(event)), id);
    return id;
  };

  const deadLetter = () => until(() => harness.channel.get('events.dlq', { noAck: true }));

  it('is retried with growing delays until it succeeds, for the failed reaction only', async () => {
    const id = created('fails-twice');
    await until(() => harness.prisma.processedReaction.findFirst({ where: { eventId: id, reaction: 'first' } }));
    const times = runs.get('first fails-twice') ?? [];
    const [one, two, three] = times as [number, number, number];
    expect(times).toHaveLength(3);
    expect(two - one).toBeGreaterThanOrEqual(BASE_MS);
    expect(three - two).toBeGreaterThanOrEqual(BASE_MS * 4);
    expect(runs.get('second fails-twice')).toHaveLength(1);
  });

  it('is marked dead in the ledger and moved to the dead letters after RABBITMQ_RETRY_MAX attempts', async () => {
    const id = created('always-fails');
    const letter = await deadLetter();
    expect(runs.get('first always-fails')).toHaveLength(MAX_ATTEMPTS);
    expect(letter.properties.headers).toMatchObject({
      'x-convene-reaction': 'first',
      'x-convene-attempt': MAX_ATTEMPTS,
      'x-convene-error': 'the reason it died',
      'x-convene-first-seen': expect.stringMatching(/^\d{4}-/),
    });
    expect(
      await harness.prisma.processedReaction.findMany({ where: { eventId: id }, orderBy: { reaction: 'asc' } }),
    ).toMatchObject([
      { reaction: 'first', state: 'dead', error: 'the reason it died' },
      { reaction: 'second', state: 'done' },
    ]);
  });

  it.each([
    ['is not JSON', Buffer.from('{"id":'), /not JSON/],
    ['has an unknown type', Buffer.from('{"type":"unicorns.born"}'), /Unknown event type/],
    ['has another shape', Buffer.from(`{"type":"${CompanyDeleted.type}","payload":{}}`), /Not a companies.deleted/],
  ])('goes to the dead letters at once and once if it %s, and the queue continues', async (_, body, reason) => {
    const sent = Date.now();
    send(body);
    const id = created(`behind ${String(reason)}`);
    const letter = await deadLetter();
    expect(Date.now() - sent).toBeLessThan(1_000);
    expect(letter.properties.headers?.['x-convene-error']).toMatch(reason);
    expect(letter.content).toEqual(body);
    await until(async () => (await harness.prisma.processedReaction.count({ where: { eventId: id } })) === 2);
    expect(await harness.drain('events.dlq')).toEqual([]);
  });

  it('returns from its retry level after RABBITMQ_RETRY_BASE_MS has changed', async () => {
    const [before, after] = [3_000, 20];
    const old = await harness.worker(['events.members'], [Never], { maxAttempts: 2, baseMs: before });
    const facts = { companyId: newId(), companyName: 'Acme', userId: newId(), userName: 'Bo' };
    const id = harness.send('events.members', MembershipLeft, facts);
    const levels = [before, before * 1.5].map((delay) => levelOf(delay));
    await until(async () => {
      const waiting = await Promise.all(levels.map((level) => harness.channel.checkQueue(level)));
      return waiting.some(({ messageCount }) => messageCount === 1);
    });
    await old.close();
    await harness.worker(['events.members'], [Never], { maxAttempts: 2, baseMs: after });
    expect(await until(() => harness.prisma.processedReaction.findFirst({ where: { eventId: id } }))).toMatchObject({
      state: 'dead',
    });
  });
});
