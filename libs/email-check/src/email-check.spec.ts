import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { register } from 'prom-client';
import { RedisConnections } from '@convene/redis/redis-connections';
import { createTestRedis } from '@convene/testing/test-redis';
import { EmailCheck } from './email-check';
import type { Dns } from './mail-exchange';
import { VerdictCache } from './verdict-cache';

const TIMEOUT_MS = 200;
const PAUSE_MS = 300;
const UNREACHABLE = 'redis://127.0.0.1:9';

/** A provider that does what it is told. */
class Provider {
  asked: string[] = [];
  behave: 'answer' | 'hang' | 'fail' | 'babble' = 'answer';
  private readonly server: Server = createServer((request, response) => this.answer(request, response));
  private port = 0;

  async start(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/check?key=k`;
  }

  async die(): Promise<void> {
    this.server.closeAllConnections();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const email = new URL(request.url ?? '', 'http://x').searchParams.get('email') ?? '';
    this.asked.push(email);
    if (this.behave === 'hang') return;
    if (this.behave === 'fail') response.statusCode = 500;
    response.end(this.behave === 'babble' ? '<html>' : JSON.stringify({ deliverable: !email.startsWith('no') }));
  }
}

let redis: RedisConnections;
let provider: Provider;
let people = 0;
/** The cache outlives a test: each test uses addresses of its own. */
const someone = (name = 'yes') => `${name}-${++people}@example.com`;

beforeEach(async () => {
  redis = new RedisConnections((await createTestRedis()).url);
  if (redis.commands.status !== 'ready') await once(redis.commands, 'ready');
  provider = new Provider();
  await provider.start();
});
afterEach(async () => {
  redis.onApplicationShutdown();
  await provider.die();
});

interface Over {
  disposable?: boolean;
  dns?: Dns;
  providerUrl?: string | undefined;
}
const open = (over: Over = {}, connections = redis) =>
  new EmailCheck(
    {
      disposable: true,
      dns: undefined,
      providerUrl: provider.url,
      timeoutMs: TIMEOUT_MS,
      pauseMs: PAUSE_MS,
      ...over,
    },
    new VerdictCache(connections, 'secret'),
  );
const breakerState = async () =>
  /email_check_breaker_state\{source="provider"\} (\d)/.exec(await register.metrics())?.[1];

describe('the e-mail check without a provider', () => {
  it('refuses disposable domains and their subdomains, unless they are allowed', async () => {
    const check = open({ providerUrl: undefined });
    expect(await check.check('a@mailinator.com')).toBe('undeliverable');
    expect(await check.check('a@x.mailinator.com')).toBe('undeliverable');
    expect(await check.check('a@notmailinator.example')).toBe('unknown');
    expect(await open({ providerUrl: undefined, disposable: false }).check('a@mailinator.com')).toBe('unknown');
  });
});

describe('the e-mail check with a provider', () => {
  it('returns the provider’s verdict, and asks once per address', async () => {
    const check = open();
    const [yes, no] = [someone('yes'), someone('no')];
    expect(await check.check(yes)).toBe('deliverable');
    expect(await check.check(no)).toBe('undeliverable');
    await Promise.all([check.check(yes), open().check(no)]);
    expect(provider.asked).toEqual([yes, no]);
  });

  it('asks the caller before it asks the provider, and not for a verdict that is known', async () => {
    const check = open();
    const [known, other] = [someone('yes'), someone('yes')];
    await check.check(known);
    const refuse = () => Promise.reject(new Error('no right'));
    expect(await check.check(known, refuse)).toBe('deliverable');
    await expect(check.check(other, refuse)).rejects.toThrow('no right');
    expect(provider.asked).toEqual([known]);
  });

  it('stores no address in Redis, and verdicts with an expiry only', async () => {
    await open().check('ana.very.private@example.com');
    const [key = ''] = await untilSome(() => redis.commands.keys('*'));
    expect(key).toMatch(/^convene:email-check:[\w-]{43}$/);
    expect(await redis.commands.get(key)).toBe('deliverable');
    expect(await redis.commands.ttl(key)).toBeGreaterThan(0);
  });

  it.each(['hang', 'fail', 'babble'] as const)(
    'accepts every address while the provider answers with %s only',
    async (behave) => {
      provider.behave = behave;
      const check = open();
      for (let n = 0; n < 4; n += 1) expect(await check.check(someone())).toBe('unknown');
      // Three waited in vain; after that it is not asked.
      expect(provider.asked).toHaveLength(3);
      expect(await breakerState()).toBe('2');
    },
  );

  it('accepts without waiting while the provider is down, and uses it again when it is back', async () => {
    provider.behave = 'hang';
    const check = open();
    await Promise.all(Array.from({ length: 20 }, () => check.check(someone())));
    await provider.die();
    const started = performance.now();
    for (let n = 0; n < 50; n += 1) expect(await check.check(someone())).toBe('unknown');
    // Fifty would have waited fifty times the timeout.
    expect(performance.now() - started).toBeLessThan(5 * TIMEOUT_MS);

    provider.behave = 'answer';
    await provider.start();
    while ((await check.check(someone())) === 'unknown') await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await breakerState()).toBe('0');
  });

  it('accepts without waiting while one call tests the provider', async () => {
    provider.behave = 'hang';
    const check = open();
    await Promise.all(Array.from({ length: 3 }, () => check.check(someone())));
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const asked = provider.asked.length;
    const started = performance.now();
    await Promise.all(Array.from({ length: 10 }, () => check.check(someone())));
    expect(performance.now() - started).toBeLessThan(TIMEOUT_MS);
    await untilSome(async () => provider.asked.slice(asked));
    expect(provider.asked).toHaveLength(asked + 1);
  });

  it('works without Redis, with one call per check', async () => {
    const gone = new RedisConnections(UNREACHABLE);
    const check = open({}, gone);
    const yes = someone();
    expect([await check.check(yes), await check.check(yes)]).toEqual(['deliverable', 'deliverable']);
    expect(provider.asked).toEqual([yes, yes]);
    gone.onApplicationShutdown();
  });
});

describe('the e-mail check with DNS', () => {
  const answering = (exchange: string) => ({ resolveMx: async () => [{ exchange, priority: 0 }] }) as unknown as Dns;

  it('refuses a domain without a mail server before it asks the provider', async () => {
    expect(await open({ dns: answering('') }).check(someone())).toBe('undeliverable');
    expect(provider.asked).toEqual([]);
  });

  it('accepts every address while DNS does not answer, and waits for it only once', async () => {
    const silent = { resolveMx: jest.fn(() => new Promise(() => undefined)) };
    const check = open({ dns: silent as unknown as Dns, providerUrl: undefined });
    for (let n = 0; n < 5; n += 1) expect(await check.check(`a@d${n}.example`)).toBe('unknown');
    expect(silent.resolveMx).toHaveBeenCalledTimes(3);
  });

  it('accepts an address that DNS and the provider accept', async () => {
    expect(await open({ dns: answering('mx.example.com') }).check(someone())).toBe('deliverable');
  });
});

async function untilSome<T>(look: () => Promise<T[]>): Promise<T[]> {
  for (;;) {
    const seen = await look();
    if (seen.length > 0) return seen;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
