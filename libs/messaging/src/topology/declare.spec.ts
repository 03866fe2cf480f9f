import { Controller } from '@nestjs/common';
import { MembershipLeft } from '@convene/contracts/events/memberships-left';
import { newId } from '@convene/prisma/ids';
import { OnEvent } from '../reactions';
import { MessagingHarness, until } from '../test-support/messaging-harness';
import { declareQueue } from './declare';
import { LEVEL_HEADER, levelOf, RETRY_EXCHANGE, retryDelays, UNROUTABLE_LEVEL } from './retry-levels';

const POLICY = { maxAttempts: 2, baseMs: 300 };
const [LEVEL] = retryDelays(POLICY).map(levelOf) as [string];
const STORM = 2_000;
let attempts = 0;

@Controller()
class Never {
  @OnEvent(MembershipLeft, 'never', { guarantee: 'at-least-once' })
  async never(): Promise<void> {
    attempts++;
    throw new Error('never');
  }
}

describe('a retry level', () => {
  let harness: MessagingHarness;
  beforeAll(async () => {
    harness = await MessagingHarness.create();
    for (const queue of ['events', 'events.invites'] as const) await declareQueue(harness.channel, queue, POLICY);
  });
  afterAll(() => harness.close());

  const park = (queue: string, body: string) =>
    harness.channel.publish(RETRY_EXCHANGE, queue, Buffer.from(body), {
      persistent: true,
      headers: { [LEVEL_HEADER]: LEVEL },
    });
  const depth = async (queue: string) => (await harness.channel.checkQueue(queue)).messageCount;

  it('returns each message to its own queue, however many of another queue wait in front of it', async () => {
    for (let number = 0; number < STORM; number++) park('events', String(number));
    park('events.invites', 'one of another queue');
    const message = await until(() => harness.channel.get('events.invites', { noAck: true }));
    expect(message.content.toString()).toBe('one of another queue');
    await until(async () => (await depth('events')) === STORM);
    expect(await depth(LEVEL)).toBe(0);
    await harness.channel.purgeQueue('events');
  });

  it('returns the messages of other queues while one queue is deleted, and those of that queue once it exists again', async () => {
    for (let number = 0; number < 100; number++) park('events', String(number));
    park('events.invites', 'one of another queue');
    await harness.channel.deleteQueue('events');
    await until(() => harness.channel.get('events.invites', { noAck: true }));
    await until(async () => (await depth(UNROUTABLE_LEVEL)) === 100);
    await declareQueue(harness.channel, 'events', POLICY);
    await until(async () => (await depth('events')) === 100);
    await harness.channel.purgeQueue('events');
  });

  it('leaves the retry queues of a former version alone: their messages return', async () => {
    const former = 'events.retry.300ms';
    const toMain = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'events' };
    const safe = {
      'x-queue-type': 'quorum',
      'x-overflow': 'reject-publish',
      'x-dead-letter-strategy': 'at-least-once',
    };
    await harness.channel.assertQueue(former, { arguments: { ...safe, ...toMain, 'x-message-ttl': 300 } });
    harness.channel.sendToQueue(former, Buffer.from('parked by a former version'), { persistent: true });
    await declareQueue(harness.channel, 'events', POLICY);
    const message = await until(() => harness.channel.get('events', { noAck: true }));
    expect(message.content.toString()).toBe('parked by a former version');
    expect(await depth(former)).toBe(0);
  });

  it('is declared again when a message finds it deleted', async () => {
    await harness.worker(['events.members'], [Never], POLICY);
    for (const delay of retryDelays(POLICY)) await harness.channel.deleteQueue(levelOf(delay));
    const facts = { companyId: newId(), companyName: 'Acme', userId: newId(), userName: 'Bo' };
    const eventId = harness.send('events.members', MembershipLeft, facts);
    await until(() => harness.prisma.processedReaction.findFirst({ where: { eventId, state: 'dead' } }));
    // One that could not be parked is tried again, so at least as many as are allowed.
    expect(attempts).toBeGreaterThanOrEqual(POLICY.maxAttempts);
  });
});
