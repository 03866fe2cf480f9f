import { debianProgram } from '@convene/testing/debian-program';
import { freePort } from '@convene/testing/ports';
import { LoadBalancer, type Site } from '@convene/tools/fleet/servers/load-balancer';
import { call } from './test-support/http-load';
import { StubGateway } from './test-support/stub-gateway';
import { until } from './test-support/test-system';

const balancers = [
  ['nginx', debianProgram('nginx'), LoadBalancer.nginx],
  ['haproxy', debianProgram('haproxy'), LoadBalancer.haproxy],
] as const;
const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];
const MOST = 3;
const SESSIONS = 8;

/** What a balancer decides alone: the gateways behind it are stubs, which count what reaches them. */
describe.each(balancers)('%s with our configuration', (_name, program, start) => {
  const test = program ? it : it.skip;
  let gateways: StubGateway[];
  let balancer: LoadBalancer | undefined;

  beforeEach(async () => {
    gateways = await Promise.all([StubGateway.start(), StubGateway.start()]);
  });

  afterEach(async () => {
    await balancer?.stop();
    balancer = undefined;
    await Promise.all(gateways.map((gateway) => gateway.stop()));
  });

  async function begin(addresses: readonly string[], site: Site = {}): Promise<LoadBalancer> {
    if (!program) throw new Error('unreachable: the test is skipped without the program');
    balancer = await start(program, { apiGateways: addresses, wsGateways: addresses }, site);
    return balancer;
  }

  const all = () => gateways.map(({ address }) => address);
  const seen = () => gateways.flatMap(({ requests }) => requests);

  test('sends a read to another gateway when one hangs up', async () => {
    const { url } = await begin(all());
    for (const gateway of gateways) gateway.behaviour = 'hangs up';
    await call(`${url}/v1/me`);
    expect(seen().length).toBeGreaterThan(1);
  });

  test('leads a WebSocket to another gateway when one hangs up, as one that drains does', async () => {
    const { url } = await begin(all());
    const [draining, other] = gateways as [StubGateway, StubGateway];
    draining.behaviour = 'hangs up';
    const key = { 'sec-websocket-key': 'c3BlYyBvZiBydWxlcyEhIQ==', 'sec-websocket-version': '13' };
    const headers = { connection: 'Upgrade', upgrade: 'websocket', ...key };
    for (let count = 0; count < 4; count += 1) {
      expect((await call(`${url}/socket.io/?EIO=4&transport=websocket`, { headers })).status).toBe(200);
    }
    expect(other.requests).toHaveLength(4);
    expect(draining.requests.length).toBeGreaterThan(0);
  });

  test.each(WRITES)('sends a %s once: when the gateway hangs up, its effect is not known', async (method) => {
    const { url } = await begin(all());
    for (const gateway of gateways) gateway.behaviour = 'hangs up';
    const { status, body } = await call(`${url}/v1/companies/1`, { method, body: {} });
    expect(seen()).toEqual([{ method, url: '/v1/companies/1' }]);
    expect({ status, body: JSON.parse(body) }).toMatchObject({
      status: expect.any(Number),
      body: { code: 'UNAVAILABLE', retryable: true },
    });
    expect([502, 503]).toContain(status);
  });

  test.each(['GET', ...WRITES])('sends a %s to another gateway when one cannot be reached', async (method) => {
    const gone = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const [gateway] = gateways as [StubGateway];
    // In either order, so that each balancer meets the one that is gone.
    for (const addresses of [
      [gone[0]!, gateway.address],
      [gateway.address, gone[1]!],
    ]) {
      const { url } = await begin(addresses);
      for (let count = 0; count < 4; count += 1) {
        expect((await call(`${url}/v1/companies/1`, { method, body: {} })).status).toBe(200);
      }
      await balancer?.stop();
    }
    expect(gateway.requests).toHaveLength(8);
  });

  const poll = (url: string, sid: string | undefined, cookie: string) =>
    call(`${url}/socket.io/?EIO=4&transport=polling${sid ? `&sid=${sid}` : ''}`, { headers: { cookie } });

  test.each(['elsewhere', '', '%20', 'a'.repeat(32).toUpperCase()])(
    'leads polling by a cookie of its own where the client brings convene_node=%p, which names no gateway',
    async (foreign) => {
      const { url } = await begin(all());
      for (let session = 0; session < SESSIONS; session += 1) {
        const { headers } = await poll(url, undefined, `convene_node=${foreign}`);
        const [own] = (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? '');
        expect(own).toMatch(/^convene_node=\w+$/);
        const before = gateways.map(({ requests }) => requests.length);
        // A browser sends cookies of a longer path first; that of another path stays.
        for (let turn = 0; turn < 4; turn += 1) await poll(url, `s${session}`, `${own}; convene_node=${foreign}`);
        const more = gateways.map(({ requests }, index) => requests.length - before[index]!);
        expect(more.sort()).toEqual([0, 4]);
      }
    },
  );

  const held = () => gateways.reduce((sum, { holding }) => sum + holding, 0);

  /** Requests of one address that stay open. @returns how many are refused or cut off of one more than may be */
  async function crowd(url: string, forwardedFor: (index: number) => string): Promise<number> {
    for (const gateway of gateways) gateway.behaviour = 'holds';
    const answers: number[] = [];
    const calls = Array.from({ length: MOST + 1 }, (_, index) =>
      call(`${url}/v1/me`, { headers: { 'x-forwarded-for': forwardedFor(index) } }).then(
        ({ status }) => answers.push(status),
        () => answers.push(0),
      ),
    );
    await until(() => Promise.resolve(held() + answers.length === MOST + 1));
    const refused = answers.length;
    for (const gateway of gateways) gateway.release();
    await Promise.all(calls);
    return refused;
  }

  test('bounds the connections of one address', async () => {
    const { url } = await begin(all(), { maxPerClient: MOST });
    expect(await crowd(url, () => '203.0.113.9')).toBe(1);
    // What the client says of itself is not believed.
    expect(await crowd(url, (index) => `203.0.113.${index}`)).toBe(1);
  });

  test('bounds the connections of each client of a proxy in front, and not those of the proxy', async () => {
    const { url } = await begin(all(), { maxPerClient: MOST, proxies: ['127.0.0.0/8'] });
    expect(await crowd(url, (index) => `203.0.113.${index}`)).toBe(0);
    expect(await crowd(url, () => '203.0.113.9')).toBe(1);
    // The proxy appends what it has seen; what the client says of itself comes before.
    expect(await crowd(url, (index) => `203.0.113.${index}, 198.51.100.1`)).toBe(1);
  });

  test('counts IPv6 by its /64, which is one client', async () => {
    const { url } = await begin(all(), { maxPerClient: MOST, proxies: ['127.0.0.0/8'] });
    expect(await crowd(url, (index) => `2001:db8:0:1::${index}`)).toBe(1);
    expect(await crowd(url, (index) => `2001:db8:0:${index}::1`)).toBe(0);
    // Bytes that are line feeds are bytes like others.
    expect(await crowd(url, (index) => `2001:a0a:0:a::a0${index}`)).toBe(1);
  });
});
