import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestRedis } from '@convene/testing/test-redis';
import { ApiHarness } from '../test-support/api-harness';

/** Longer than five signups take on a busy machine, shorter than the pause of the breaker that opens meanwhile. */
const TIMEOUT_MS = 4_000;

let api: ApiHarness;
let provider: Server;
let answer: (response: ServerResponse) => void;
let checks = 0;
let people = 0;
beforeAll(async () => {
  provider = createServer((_, response) => {
    checks += 1;
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(provider, 'listening');
  api = await ApiHarness.start({
    REDIS_URL: (await createTestRedis()).url,
    EMAIL_CHECK_URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/`,
    EMAIL_CHECK_TIMEOUT_MS: String(TIMEOUT_MS),
  });
});
afterAll(async () => {
  await api.stop();
  provider.closeAllConnections();
  provider.close();
});

const signup = () => {
  const body = { email: `p${++people}@example.com`, password: 'a long pass phrase', displayName: 'P' };
  return api.post('auth/signup', { body });
};

it('a signup is refused when the e-mail check provider refuses the address', async () => {
  answer = (response) => response.end('{"deliverable":false}');
  expect(await signup()).toMatchObject({ status: 422, body: { code: 'EMAIL_UNDELIVERABLE' } });
  answer = (response) => response.end('{"deliverable":true}');
  expect((await signup()).status).toBe(201);
});

it('signups succeed while the e-mail check provider hangs, and soon no longer wait for it', async () => {
  answer = () => undefined;
  const first = await Promise.all([signup(), signup(), signup()]);
  expect(first.map(({ status }) => status)).toEqual([201, 201, 201]);
  const before = checks;
  const started = performance.now();
  for (let n = 0; n < 5; n += 1) expect((await signup()).status).toBe(201);
  expect(checks).toBe(before);
  // One of them alone would have waited as long.
  expect(performance.now() - started).toBeLessThan(TIMEOUT_MS);
});
