import { Controller } from '@nestjs/common';
import type { EventOf } from '@convene/contracts/event';
import { CompanyDeleted } from '@convene/contracts/events/companies-deleted';
import { newId } from '@convene/prisma/ids';
import { ReactionWaitStore } from '../consumer/reaction-wait-store';
import { OnEvent } from '../reactions';
import { MessagingHarness, until } from '../test-support/messaging-harness';
import { levelOf, retryDelays, UNROUTABLE_LEVEL } from '../topology/retry-levels';
import { QueueWatch } from './queue-watch';

/** Long enough for everything here. */
const POLICY = { maxAttempts: 2, baseMs: 60_000 };

@Controller()
class React {
  @OnEvent(CompanyDeleted, 'react', { guarantee: 'at-least-once' })
  async react(_: EventOf<typeof CompanyDeleted>): Promise<void> {}
}

/** A sweep compares the two: what waits, and what is recorded as waiting. */
describe('the messages that wait for a later attempt', () => {
  let harness: MessagingHarness;
  let watch: QueueWatch;
  let waits: ReactionWaitStore;
  beforeAll(async () => {
    harness = await MessagingHarness.create();
    const worker = await harness.worker(['events'], [React], POLICY);
    [watch, waits] = [worker.get(QueueWatch), worker.get(ReactionWaitStore)];
  });
  afterAll(() => harness.close());

  it('are those of every level, and of the level of those whose queue is gone', async () => {
    expect(await watch.parked()).toBe(0);
    const levels = [...retryDelays(POLICY).map(levelOf), UNROUTABLE_LEVEL];
    for (const level of levels) harness.channel.sendToQueue(level, Buffer.from('x'));
    await until(async () => (await watch.parked()) === levels.length);
  });

  const claim = async (delayMs: number) => {
    const eventId = newId();
    await waits.claim({ eventId, reaction: 'react', queue: 'events', chain: 'origin', delayMs });
    return eventId;
  };

  it('are recorded until they are over, and not only until they are due: then they are on their way back', async () => {
    const before = await waits.count();
    await claim(60_000);
    const due = await claim(-2_000);
    expect(await waits.count()).toBe(before + 2);
    const state = 'done';
    await harness.prisma.processedReaction.create({ data: { eventId: due, reaction: 'react', state } });
    expect(await waits.count()).toBe(before + 1);
  });

  it('are no longer recorded when they should have come back long ago: they are lost', async () => {
    const before = await waits.count();
    await claim(-60_000);
    expect(await waits.count()).toBe(before);
  });
});
