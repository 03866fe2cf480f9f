import { ClientError } from './client-error';
import { Collected } from './test-support/collected';
import { ScriptedGateway } from './test-support/scripted-gateway';

let gateway: ScriptedGateway;
beforeEach(async () => {
  gateway = await ScriptedGateway.start();
});
afterEach(() => gateway.stop());

/** A JWT as far as the SDK reads one. */
const jwt = (lifeMs: number) => {
  const now = Date.now() / 1_000;
  return `h.${Buffer.from(JSON.stringify({ iat: now, exp: now + lifeMs / 1_000 })).toString('base64url')}.s`;
};
const statuses = (states: Collected<'state'>) => states.all.map(([{ status }]) => status);

it('the client sends the token, and the saved position if there is one', async () => {
  const client = gateway.client({
    token: () => 't1',
    storage: { load: () => ({ lastSeq: 7, epoch: 'e1' }), save() {} },
  });
  await client.live();
  expect(gateway.handshakes).toEqual([{ token: 't1', lastSeq: 7, epoch: 'e1' }]);
  expect(gateway.sockets[0]?.handshake.query.auth).toBe('packet');
});

it('the client reconnects at the time that the server stated, and resumes', async () => {
  gateway.welcome = { headSeq: 5 };
  const client = gateway.client();
  const states = new Collected(client, 'state');
  await client.live();
  const before = Date.now();
  gateway.end({ retryAfterMs: 300 });
  await gateway.until(() => gateway.handshakes[1]);
  expect(Date.now() - before).toBeGreaterThanOrEqual(295);
  expect(gateway.handshakes[1]).toEqual({ lastSeq: 5, epoch: 'e1' });
  await client.live();
  expect(statuses(states)).toEqual(['connecting', 'live', 'waiting', 'connecting', 'live']);
  expect(states.all[2]).toEqual([{ status: 'waiting', until: expect.any(Number), code: 'GOING_AWAY' }]);
});

it('the client retries at the time that a refusal states', async () => {
  gateway.refusals.push({ code: 'TOO_MANY_CONNECTIONS', retryable: true, retryAfterMs: 300 });
  const before = Date.now();
  await gateway.client().live();
  expect(Date.now() - before).toBeGreaterThanOrEqual(295);
});

it('the client reconnects when the connection is lost', async () => {
  const client = gateway.client();
  await client.live();
  gateway.cut();
  await gateway.until(() => gateway.handshakes[1]);
  await client.live();
});

it.each(['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'SESSION_REVOKED'])(
  'on %s the client refreshes the token once, then ends',
  async (code) => {
    gateway.refusals.push({ code }, { code });
    const asked: boolean[] = [];
    const client = gateway.client({ token: ({ refresh }) => `t${asked.push(refresh)}` });
    await expect(client.live()).rejects.toMatchObject({ name: 'ClientError', code, retryable: false });
    expect(asked).toEqual([false, true]);
    expect(gateway.handshakes.map(({ token }) => token)).toEqual(['t1', 't2']);
    expect(client.state).toMatchObject({ status: 'closed', code });
  },
);

it('the client refreshes again after a refreshed token was accepted', async () => {
  gateway.refusals.push({ code: 'TOKEN_EXPIRED' });
  const asked: boolean[] = [];
  const client = gateway.client({ token: ({ refresh }) => `t${asked.push(refresh)}` });
  await client.live();
  gateway.end({ code: 'TOKEN_EXPIRED', retryAfterMs: 0 });
  await gateway.until(() => gateway.handshakes[2]);
  await client.live();
  expect(asked).toEqual([false, true, true]);
});

it('the client obeys a code received before the handshake, as with a cookie', async () => {
  gateway.bounces.push('UNAUTHENTICATED');
  const asked: boolean[] = [];
  const client = gateway.client({
    token: ({ refresh }) => {
      asked.push(refresh);
      if (refresh) gateway.bounces.pop();
      return undefined;
    },
  });
  await client.live();
  expect(asked).toEqual([false, true]);
});

it('the client on a page of a foreign Origin reports it and ends', async () => {
  gateway.bounces.push('ORIGIN_NOT_ALLOWED');
  await expect(gateway.client().live()).rejects.toMatchObject({ code: 'ORIGIN_NOT_ALLOWED' });
});

it('the client ends on reconnect: false', async () => {
  const client = gateway.client();
  const states = new Collected(client, 'state');
  await client.live();
  gateway.end({ code: 'SESSION_REVOKED', reason: 'over', reconnect: false });
  await states.first((all) => all.at(-1)?.[0].status === 'closed');
  expect(client.state).toEqual({ status: 'closed', code: 'SESSION_REVOKED', reason: 'over' });
});

it('the client asks for a token again after a temporary failure, and ends after a permanent one', async () => {
  const failures: Error[] = [new Error('offline'), new ClientError({ code: 'REFRESH_INVALID' })];
  const client = gateway.client({ token: () => Promise.reject(failures.shift()!) });
  await expect(client.live()).rejects.toMatchObject({ code: 'REFRESH_INVALID' });
  expect(failures).toEqual([]);
});

it('the client renews the session before the token expires', async () => {
  let asked = 0;
  const client = gateway.client({ token: ({ refresh }) => (asked++, refresh ? `${jwt(60_000)}new` : jwt(2_000)) });
  await client.live();
  const { token } = await gateway.received('session.renew');
  expect(token).toMatch(/new$/);
  expect(asked).toBe(2);
  expect(gateway.handshakes).toHaveLength(1);
});

it('the client stays connected when a renewal is refused', async () => {
  gateway.answers['session.renew'] = () => ({ ok: false, error: { code: 'FORBIDDEN', detail: '', retryable: false } });
  const client = gateway.client({ token: () => jwt(2_000) });
  const errors = new Collected(client, 'error');
  await client.live();
  await gateway.received('session.renew');
  gateway.notification(1);
  await new Collected(client, 'notification').until(1);
  expect([client.state.status, errors.all]).toEqual(['live', []]);
});

describe('the client in a browser', () => {
  let page: EventTarget;
  beforeEach(() => {
    page = new EventTarget();
    Object.assign(globalThis, {
      addEventListener: page.addEventListener.bind(page),
      removeEventListener: page.removeEventListener.bind(page),
      document: { visibilityState: 'visible' },
    });
  });
  afterEach(() => {
    const browser = globalThis as { addEventListener?: unknown; removeEventListener?: unknown; document?: unknown };
    delete browser.addEventListener;
    delete browser.removeEventListener;
    delete browser.document;
  });

  it.each(['online', 'visibilitychange'])('connects at once on %s', async (event) => {
    // The longest wait there is, and only for our own reasons.
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.999);
    let [ready, asked] = [false, 0];
    const client = gateway.client({
      token: () => ((asked += 1), ready ? undefined : Promise.reject(new Error('offline'))),
    });
    const states = new Collected(client, 'state');
    await states.first((all) => all.filter(([{ status }]) => status === 'waiting').length === 3);
    ready = true;
    const before = Date.now();
    for (let times = 0; times < 3; times += 1) page.dispatchEvent(new Event(event));
    await client.live();
    expect([asked, gateway.handshakes.length]).toEqual([4, 1]);
    expect(Date.now() - before).toBeLessThan(1_500);
    random.mockRestore();
  });

  it('never reconnects before the stated time, nor after close()', async () => {
    const client = gateway.client();
    await client.live();
    const states = new Collected(client, 'state');
    gateway.end({ retryAfterMs: 400 });
    await states.until(1);
    expect(client.state.status).toBe('waiting');
    const before = Date.now();
    page.dispatchEvent(new Event('online'));
    await gateway.until(() => gateway.handshakes[1]);
    expect(Date.now() - before).toBeGreaterThan(300);
    client.close();
    page.dispatchEvent(new Event('online'));
    expect(client.state.status).toBe('closed');
  });
});

it('the client leaves no socket after close() while connecting or in a handler', async () => {
  let answer: (token: string) => void = () => undefined;
  const early = gateway.client({ token: () => new Promise((resolve) => (answer = resolve)) });
  await new Promise(setImmediate);
  early.close();
  answer('late');
  const late = gateway.client();
  late.on('state', ({ status }) => status === 'connecting' && setImmediate(() => late.close()));
  const atOnce = gateway.client();
  atOnce.on('state', ({ status }) => status === 'live' && atOnce.close());
  const states = new Collected(atOnce, 'state');
  await expect(atOnce.live()).resolves.toBeUndefined();
  expect(statuses(states)).toEqual(['connecting', 'live', 'closed']);
  const client = gateway.client();
  await client.live();
  client.close();
  await gateway.until(() => gateway.sockets.length === 0);
  expect([early, late, atOnce, client].map(({ state }) => state.status)).toEqual(Array(4).fill('closed'));
});
