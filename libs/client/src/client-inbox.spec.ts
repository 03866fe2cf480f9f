import type { Hint } from './hints';
import { Collected } from './test-support/collected';
import { COMPANY, ScriptedGateway, USER } from './test-support/scripted-gateway';
import type { Position } from './types';

let gateway: ScriptedGateway;
beforeEach(async () => {
  gateway = await ScriptedGateway.start();
});
afterEach(() => gateway.stop());

const seqs = (notifications: Collected<'notification'>) => notifications.all.map(([{ seq }]) => seq);

async function live(options: Parameters<ScriptedGateway['client']>[0] = {}) {
  const client = gateway.client(options);
  const heard = {
    notifications: new Collected(client, 'notification'),
    gaps: new Collected(client, 'gap'),
    unread: new Collected(client, 'unread'),
    hints: new Collected(client, 'hint'),
    companies: new Collected(client, 'companies'),
    errors: new Collected(client, 'error'),
  };
  await client.live();
  return { client, ...heard };
}

it('the client emits each notification once, in order, and accepts gaps of deleted ones', async () => {
  const { notifications, gaps } = await live();
  for (const seq of [1, 2, 2, 1, 5, 4, 6]) gateway.notification(seq);
  await notifications.first((all) => all.at(-1)?.[0].seq === 6);
  expect(seqs(notifications)).toEqual([1, 2, 5, 6]);
  expect(gaps.all).toEqual([[{ headSeq: 0 }]]);
  expect(gateway.bodies('inbox.resume')).toEqual([]);
});

it('the client acknowledges the newest position at most once a second, and before it closes', async () => {
  const { client, notifications } = await live();
  const times: number[] = [];
  gateway.answers['inbox.ack'] = () => (times.push(Date.now()), {});
  for (let seq = 1; seq <= 20; seq += 1) gateway.notification(seq);
  await gateway.received('inbox.ack');
  gateway.notification(21);
  await gateway.received('inbox.ack', 2);
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(980);
  gateway.notification(22);
  await notifications.until(22);
  client.close();
  await gateway.received('inbox.ack', 3);
  expect(gateway.bodies('inbox.ack')).toEqual([{ seq: 20 }, { seq: 21 }, { seq: 22 }]);
  await gateway.until(() => gateway.sockets.length === 0);
});

it('the client repeats an acknowledgement that a lost connection may have dropped', async () => {
  const { client } = await live();
  gateway.answers['inbox.ack'] = (_, count) => (count === 1 ? undefined : {});
  gateway.notification(1);
  await gateway.received('inbox.ack');
  gateway.cut();
  await gateway.received('inbox.ack', 2);
  expect([gateway.bodies('inbox.ack'), client.state.status]).toEqual([[{ seq: 1 }, { seq: 1 }], 'live']);
});

it('the client saves its position after the handlers have ended, and reports those that fail', async () => {
  const log: unknown[] = [];
  const storage = { load: () => undefined, save: ({ lastSeq }: Position) => void log.push(`saved ${lastSeq}`) };
  const { client, errors } = await live({ storage });
  client.on('notification', async ({ seq }) => {
    await new Promise(setImmediate);
    log.push(`handled ${seq}`);
    if (seq === 1) throw new Error('mine');
  });
  client.on('notification', () => {
    throw new Error('mine too');
  });
  gateway.notification(1);
  gateway.notification(2);
  await errors.until(3);
  await gateway.received('inbox.ack');
  expect(log).toEqual(['saved 0', 'handled 1', 'saved 1', 'handled 2', 'saved 2']);
  expect(errors.all.map(([{ code, cause }]) => `${code}: ${(cause as Error).message}`).sort()).toEqual([
    'HANDLER_FAILED: mine',
    'HANDLER_FAILED: mine too',
    'HANDLER_FAILED: mine too',
  ]);
});

it('the client resumes shortly after inbox.resync, retries when refused, and drops duplicates', async () => {
  const { client, notifications, companies } = await live();
  gateway.answers['inbox.resume'] = (_, count) => {
    if (count === 1)
      return { ok: false, error: { code: 'RATE_LIMITED', detail: '', retryable: true, retryAfterMs: 200 } };
    setImmediate(() => [2, 3, 4].forEach((seq) => gateway.notification(seq)));
    return { recovered: true, headSeq: 4, epoch: 'e1' };
  };
  gateway.notification(1);
  gateway.notification(2);
  gateway.emit('inbox.resync', { headSeq: 4, companies: [COMPANY] });
  gateway.emit('inbox.resync', { headSeq: 4, companies: [] });
  await notifications.until(4);
  expect(seqs(notifications)).toEqual([1, 2, 3, 4]);
  expect(gateway.bodies('inbox.resume')).toEqual(Array(2).fill({ lastSeq: 2, epoch: 'e1' }));
  expect(companies.all).toEqual([[{ stale: [COMPANY], left: [] }]]);
  expect(client.state.status).toBe('live');
});

it('the client ignores an inbox.resync for notifications that arrived meanwhile', async () => {
  const random = jest.spyOn(Math, 'random').mockReturnValue(0); // asks 100 ms later, an acknowledgement takes 200
  await live();
  gateway.emit('inbox.resync', { headSeq: 2, companies: [] });
  gateway.notification(1);
  gateway.notification(2);
  await gateway.received('inbox.ack');
  expect(gateway.bodies('inbox.resume')).toEqual([]);
  random.mockRestore();
});

it('the client emits a gap that the server cannot replay, and continues at the head', async () => {
  const { notifications, gaps } = await live();
  gateway.notification(1);
  await notifications.until(1);
  gateway.welcome = { recovered: false, headSeq: 900 };
  gateway.end({});
  await gaps.until(2);
  gateway.notification(900);
  gateway.notification(901);
  await notifications.until(2);
  expect(gaps.all).toEqual([[{ headSeq: 0 }], [{ headSeq: 900 }]]);
  expect(seqs(notifications)).toEqual([1, 901]);
});

it('the client starts again in another epoch, with lower seqs and versions, and every company stale', async () => {
  gateway.welcome = { headSeq: 50, unread: { count: 5, version: 90 }, companies: { [COMPANY]: 7 } };
  const saved: Position[] = [];
  const { client, notifications, gaps, companies } = await live({
    storage: { load: () => undefined, save: (position) => void saved.push(position) },
  });
  gateway.welcome = {
    epoch: 'e2',
    recovered: true,
    headSeq: 3,
    unread: { count: 1, version: 4 },
    companies: { [COMPANY]: 2 },
  };
  gateway.end({ code: 'INBOX_RESTARTED' });
  await gaps.until(2);
  gateway.notification(4);
  await notifications.until(1);
  await gateway.received('inbox.ack');
  expect(client.unread).toEqual({ count: 1, version: 4 });
  expect(companies.all).toEqual([[{ stale: [COMPANY], left: [] }], [{ stale: [COMPANY], left: [] }]]);
  expect(saved.at(-1)).toEqual({ lastSeq: 4, epoch: 'e2', userId: USER });
});

it('the client does not resume in the inbox of another user', async () => {
  gateway.welcome = { headSeq: 3 };
  const storage = { load: () => ({ lastSeq: 9, epoch: 'e1', userId: COMPANY }), save: () => undefined };
  const { gaps } = await live({ storage });
  expect(gaps.all).toEqual([[{ headSeq: 3 }]]);
});

it('the client shows the newest unread count, from whichever source', async () => {
  const { client, unread } = await live();
  client.unreadFromHttp({ count: 8, version: 20 });
  gateway.emit('notifications.updated', { unread: { count: 7, version: 21 } });
  await unread.until(3);
  client.unreadFromHttp({ count: 9, version: 19 });
  gateway.emit('notifications.updated', { unread: { count: 6, version: 20 } });
  gateway.notification(1);
  await gateway.received('inbox.ack');
  expect(unread.all.map(([{ count }]) => count)).toEqual([0, 8, 7]);
  expect(client.unread).toEqual({ count: 7, version: 21 });
});

it('the client emits each hint once, also over several connections, and by name', async () => {
  const { client, hints } = await live();
  const joined: Hint<'memberships.joined'>[] = [];
  client.onHint('memberships.joined', (hint) => joined.push(hint));
  const hint = (eventId: string) => ({ eventId, companyId: COMPANY, version: 2, userName: 'Bo' });
  gateway.emit('memberships.joined', hint('a'));
  gateway.emit('memberships.joined', hint('a'));
  await hints.until(1);
  gateway.end({});
  await gateway.until(() => gateway.handshakes[1]);
  await client.live();
  gateway.emit('memberships.joined', hint('a'));
  gateway.emit('companies.updated', hint('b'));
  await hints.until(2);
  expect(hints.all.map(([name, { eventId }]) => [name, eventId])).toEqual([
    ['memberships.joined', 'a'],
    ['companies.updated', 'b'],
  ]);
  expect(joined.map(({ userName }) => userName)).toEqual(['Bo']);
});

it('the client names companies that changed or were left while it was disconnected', async () => {
  gateway.welcome = { companies: { a: 1, b: 1, c: 1 } };
  const { client, companies, hints } = await live();
  gateway.emit('memberships.joined', { eventId: 'x', companyId: 'b', version: 2 });
  await hints.until(1);
  gateway.welcome = { companies: { a: 2, b: 2, d: 1 } };
  gateway.end({});
  await companies.until(2);
  expect(companies.all).toEqual([[{ stale: ['a', 'b', 'c'], left: [] }], [{ stale: ['a', 'd'], left: ['c'] }]]);
  expect(client.state.status).toBe('live');
});

it('the client prints errors that have no listener', async () => {
  const print = jest.spyOn(console, 'error').mockReturnValue();
  const client = gateway.client();
  client.on('notification', () => {
    throw new Error('mine');
  });
  await client.live();
  gateway.notification(1);
  await gateway.received('inbox.ack');
  expect(print.mock.calls).toEqual([[expect.objectContaining({ code: 'HANDLER_FAILED' })]]);
  print.mockRestore();
});
