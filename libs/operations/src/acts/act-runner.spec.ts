import { DiscardDeadLetters, ReadAct } from '@convene/contracts/ops/routes';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { newId } from '@convene/prisma/ids';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { DeadLetterCopies } from '../dead-letters/dead-letter-copies';
import { OperationsHarness } from '../test-support/operations-harness';
import { ActStore } from './act-store';

let servers: MessagingHarness;
let rabbitmq: TcpProxy;
let ops: OperationsHarness;
beforeAll(async () => {
  servers = await MessagingHarness.create();
  rabbitmq = await TcpProxy.to(servers.rabbitmqUrl);
  ops = await OperationsHarness.start(servers.database.url, rabbitmq.url);
});
afterAll(async () => {
  await ops.close();
  await rabbitmq.close();
  await servers.close();
});
afterEach(() => jest.restoreAllMocks());

const read = async (actId: string) => (await ops.call(ReadAct, { params: { actId } })).body;

/** Discards a dead reaction. @returns the act, once it is done. */
async function discard() {
  await servers.prisma.processedReaction.create({
    data: { eventId: newId(), reaction: 'react-in-runner-spec', state: 'dead' },
  });
  const { id } = (await ops.call(DiscardDeadLetters, { body: { filter: {}, reason: 'old news' } })).body;
  return until(async () => {
    const act = await read(id);
    return act.state === 'done' && act;
  });
}

it('an act is done although RabbitMQ is away, so that its copies cannot be removed', async () => {
  rabbitmq.cut();
  expect(await discard()).toMatchObject({ counts: { discarded: 1 }, outcome: null });
  rabbitmq.restore();
}, 30_000);

it('copies are removed once and before the act is done, also when its end has to be recorded again', async () => {
  const { finish } = ActStore.prototype;
  const order: string[] = [];
  jest.spyOn(DeadLetterCopies.prototype, 'dropSettled').mockImplementation(async () => void order.push('copies'));
  jest.spyOn(ActStore.prototype, 'finish').mockImplementation(async function (this: ActStore, ...act) {
    order.push('finish');
    if (order.length === 2) throw new Error('the database is away');
    await finish.apply(this, act);
  });
  expect(await discard()).toMatchObject({ counts: { discarded: 1 } });
  expect(order).toEqual(['copies', 'finish', 'finish']);
}, 30_000);
