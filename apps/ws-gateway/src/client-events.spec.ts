import { RevocationList } from '@convene/auth/revocation-list';
import { BAD_TOKENS } from '@convene/auth/test-support/bad-tokens';
import { asyncApiDocument } from '@convene/contracts/sockets/asyncapi';
import type { TestUser } from '@convene/testing/inbox-rows';
import { eventsRateLimited } from './metrics';
import { GatewayHarness } from './test-support/gateway-harness';
import type { TestClient } from './test-support/test-client';

jest.setTimeout(30_000);

let harness: GatewayHarness;
let ana: TestUser;

beforeAll(async () => {
  harness = await GatewayHarness.start({ gateways: 2 });
});
afterAll(() => harness.stop());
beforeEach(async () => {
  ana = await harness.rows.user();
});

describe('session.renew', () => {
  it('keeps the connection beyond the expiry of its first token', async () => {
    const client = await harness.live(ana, { auth: { token: await harness.token(ana, 3) } });
    const token = await harness.token(ana, 600);
    const answer = await client.ask<{ expiresAt: string }>('session.renew', { token });
    expect(answer.ok && Date.parse(answer.expiresAt)).toBeGreaterThan(Date.now() + 500_000);
    const short = await harness.live(ana, { auth: { token: await harness.token(ana, 3) } });
    await short.disconnected(); // the first one would have gone before it
    expect(client.socket.connected).toBe(true);
  });

  it('does not shorten a connection with an older token', async () => {
    const client = await harness.live(ana);
    const answer = await client.ask<{ expiresAt: string }>('session.renew', { token: await harness.token(ana, 5) });
    expect(answer.ok && Date.parse(answer.expiresAt)).toBeGreaterThan(Date.now() + 500_000);
  });

  it.each(BAD_TOKENS)('refuses a token that is %s, and leaves the connection as it is', async (_, make, code) => {
    const client = await harness.live(ana);
    const token = make({ key: harness.signingKey, userId: ana.id, sessionId: ana.sessionId });
    expect(await client.ask('session.renew', { token })).toMatchObject({ ok: false, error: { code } });
    expect(await client.ask('inbox.ack', { seq: 0 })).toEqual({ ok: true });
  });

  it('refuses a token of another session or user, and of an ended session', async () => {
    const client = await harness.live(ana);
    const bo = await harness.rows.user();
    for (const other of [bo, { id: ana.id, sessionId: bo.sessionId }]) {
      const answer = await client.ask('session.renew', { token: await harness.token(other) });
      expect(answer).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } });
    }
    const token = await harness.token(ana);
    const gone = client.disconnected();
    await harness.gateways[0]?.get(RevocationList).publish(ana.sessionId, ana.id);
    await gone;
    const again = await harness.client(ana, { auth: { token } });
    expect((await again.refused()).data?.code).toBe('SESSION_REVOKED');
  });
});

describe('inbox.resume', () => {
  it('answers recovered:false for another epoch, and continues at the head', async () => {
    await harness.rows.notifications(ana, 3);
    const client = await harness.live(ana);
    const { epoch } = (await client.received('session.ready')) as { epoch: string };
    expect(await client.ask('inbox.resume', { lastSeq: 1, epoch: 'another' })).toEqual({
      ...{ ok: true, recovered: false, headSeq: 3 },
      epoch,
    });
    expect(client.seqs).toEqual([]);
    expect(await client.ask('inbox.resume', { lastSeq: 1, epoch })).toMatchObject({ recovered: true });
    expect(await client.upTo(3)).toEqual([2, 3]);
  });
});

describe('limits on client events', () => {
  const code = (answer: Awaited<ReturnType<TestClient['ask']>>) => (answer.ok ? 'ok' : answer.error.code);

  it('count a user over devices and nodes, and state when to retry', async () => {
    const devices = [await harness.live(ana, { gateway: 0 }), await harness.live(ana, { gateway: 1 })];
    const answers = [];
    for (let turn = 0; turn < 40; turn += 1) {
      answers.push(await devices[turn % 2]!.ask('inbox.resume', { lastSeq: 0 }));
    }
    const refused = answers.filter((answer) => code(answer) === 'RATE_LIMITED');
    // 20 in 10 s; each of the two nodes may be a lot of two ahead of what the other knows.
    expect(refused.length).toBeGreaterThanOrEqual(16);
    expect(refused.length).toBeLessThanOrEqual(20);
    expect(refused[0]).toMatchObject({ error: { retryable: true, retryAfterMs: expect.any(Number) as number } });
    const bo = await harness.live(await harness.rows.user());
    expect(code(await bo.ask('inbox.resume', { lastSeq: 0 }))).toBe('ok');
    const { values } = await eventsRateLimited.get();
    const counted = values.find(({ labels }) => labels.event === 'inbox.resume' && labels.direction === 'in');
    expect(counted?.value).toBe(refused.length);
  });

  it('count malformed events', async () => {
    const client = await harness.live(ana);
    const answers = await Promise.all(Array.from({ length: 12 }, () => client.ask('session.renew', { token: 5 })));
    expect(answers.map(code)).toEqual([
      ...Array<string>(10).fill('VALIDATION_FAILED'),
      ...Array<string>(2).fill('RATE_LIMITED'),
    ]);
  });

  it('count unknown events, which are answered', async () => {
    const client = await harness.live(ana);
    const first = await client.ask('inbox.eat', {});
    expect(first).toMatchObject({ ok: false, error: { code: 'UNKNOWN_EVENT', retryable: false } });
    const answers = await Promise.all(Array.from({ length: 24 }, (_, index) => client.ask(`no.${index}`, {})));
    expect(answers.map(code)).toEqual([
      ...Array<string>(19).fill('UNKNOWN_EVENT'),
      ...Array<string>(5).fill('RATE_LIMITED'),
    ]);
  });

  it('end a connection that keeps exceeding them, with a reason', async () => {
    const client = await harness.live(ana);
    const gone = client.disconnected();
    for (let count = 0; count < 400; count += 1) client.socket.emit('inbox.ack', { seq: 0 });
    expect(await client.received('session.closing')).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 10_000 });
    await gone;
  });
});

it('are described at /asyncapi.json', async () => {
  const answer = await fetch(`${harness.url()}/asyncapi.json`);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(await answer.json()).toEqual(asyncApiDocument());
});
