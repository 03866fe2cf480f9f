import { randomBytes } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateVAPIDKeys } from 'web-push';
import { type Dns, publicLookup } from './public-lookup';
import { WebPush } from './web-push';

const keys = () => generateVAPIDKeys();
const subject = 'mailto:operator@example.com';
const browser = () => ({ p256dh: keys().publicKey, auth: randomBytes(16).toString('base64url') });

it('web push requires both keys or neither, and valid ones', () => {
  const { publicKey, privateKey } = keys();
  const open = (given: { publicKey: string | undefined; privateKey: string | undefined }) =>
    new WebPush({ ...given, subject, allowAny: false, allowedHosts: [] }).configured;
  expect(open({ publicKey, privateKey })).toBe(true);
  expect(open({ publicKey: undefined, privateKey: undefined })).toBe(false);
  expect(() => open({ publicKey, privateKey: undefined })).toThrow('go together');
  expect(() => open({ publicKey: 'nonsense', privateKey })).toThrow();
});

it('web push sends nothing to an address that no push service can have', async () => {
  const push = new WebPush({ ...keys(), subject, allowAny: false, allowedHosts: [] });
  expect(await push.send({ endpoint: 'http://127.0.0.1:1/', keys: browser() }, {}, 'inbox')).toBe('gone');
});

it('web push refuses a host that is not on the configured list', async () => {
  const push = new WebPush({ ...keys(), subject, allowAny: true, allowedHosts: ['fcm.googleapis.com'] });
  expect(await push.send({ endpoint: 'http://127.0.0.1:1/', keys: browser() }, {}, 'inbox')).toBe('refused');
});

it('web push does not connect to a name of a private address', async () => {
  const resolve4 = jest.spyOn(Resolver.prototype, 'resolve4').mockResolvedValue(['169.254.169.254']);
  const resolve6 = jest.spyOn(Resolver.prototype, 'resolve6').mockResolvedValue(['fd00::1']);
  const push = new WebPush({ ...keys(), subject, allowAny: false, allowedHosts: [] });
  await expect(
    push.send({ endpoint: 'https://push.attacker.dev/', keys: browser() }, {}, 'inbox'),
  ).rejects.toMatchObject({ transient: true, message: expect.stringContaining('no public address') });
  resolve4.mockRestore();
  resolve6.mockRestore();
});

describe('the answer of a push service', () => {
  let answer: (response: ServerResponse) => void;
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    answer(response);
  });
  let endpoint: string;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  beforeEach(() => (requests = 0));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const open = (pauseMs = 60_000) => new WebPush({ ...keys(), subject, allowAny: true, allowedHosts: [], pauseMs });
  const send = (push: WebPush) => push.send({ endpoint, keys: browser() }, {}, 'inbox');
  const status = (code: number, headers = {}) => (answer = (response) => void response.writeHead(code, headers).end());

  it.each([
    [201, 'sent'],
    [404, 'gone'],
    [410, 'gone'],
    [400, 'refused'],
    [403, 'refused'],
    [413, 'refused'],
  ])('%i means %s', async (code, outcome) => {
    status(code);
    expect(await send(open())).toBe(outcome);
  });

  it('is not followed when it redirects', async () => {
    status(307, { location: endpoint });
    expect(await send(open())).toBe('refused');
    expect(requests).toBe(1);
  });

  it('with 429 delays the push, and is no failure of the service', async () => {
    status(429);
    const push = open();
    for (let n = 0; n < 10; n++) await expect(send(push)).rejects.toMatchObject({ transient: true });
    expect(requests).toBe(10);
  });

  it('with repeated failures pauses the calls to the service', async () => {
    status(503);
    const push = open();
    for (let n = 0; n < 10; n++) await expect(send(push)).rejects.toMatchObject({ transient: true });
    expect(requests).toBe(5);
  });

  it('is awaited for two seconds', async () => {
    answer = () => undefined;
    const started = performance.now();
    await expect(send(open())).rejects.toThrow('no answer in time');
    expect(performance.now() - started).toBeLessThan(4_000);
  });

  it('is read up to a bound', async () => {
    let closed = false;
    answer = (response) => {
      response.writeHead(201);
      response.on('close', () => (closed = true));
      const more = () => {
        while (!closed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
    };
    expect(await send(open())).toBe('sent');
  });
});

it('web push resolves names without the thread pool of the process', async () => {
  const found = await new Promise((resolve, reject) => {
    const dns = { resolve4: async () => ['10.0.0.1', '142.250.74.10'], resolve6: async () => ['::1'] };
    publicLookup(dns as unknown as Dns)('push.example.dev', { all: true }, (error, addresses) =>
      error ? reject(error) : resolve(addresses),
    );
  });
  expect(found).toEqual([{ address: '142.250.74.10', family: 4 }]);
});
