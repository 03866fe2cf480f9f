import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { ApiHarness, type Person } from '../test-support/api-harness';

let database: TestDatabase;
let gateways: [ApiHarness, ApiHarness];
let ana: Person;
beforeAll(async () => {
  database = await createTestDatabase();
  const { url } = await createTestRedis();
  const env = { REDIS_URL: url, RATE_LIMIT_SCALE: '1', TRUST_PROXY: '127.0.0.1' };
  gateways = [
    await ApiHarness.start({ DATABASE_URL: database.url, ...env }),
    await ApiHarness.start({ DATABASE_URL: database.url, ...env }),
  ];
  ana = await gateways[0].person('Ana');
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await database.drop();
});

const AT_ONCE = 20;

const from = (address: string) => ({ 'x-forwarded-for': address });
const guess = (gateway: ApiHarness, email: string, address: string) =>
  gateway.post('auth/login', { body: { email, password: 'a wrong guess' }, headers: from(address) });
const login = (person: Person, address: string, cookie?: string) =>
  gateways[0].post('auth/login', {
    body: { email: person.email, password: person.password },
    headers: { ...from(address), ...(cookie !== undefined && { cookie }) },
  });
const forgot = (email: string, address: string, cookie?: string) =>
  gateways[0].post('auth/password/forgot', {
    body: { email },
    headers: { ...from(address), ...(cookie !== undefined && { cookie }) },
  });
/** So many calls, some of them at once: all at once would keep Redis's answers waiting beyond their time-out. */
async function times<T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  const indexes = Array.from({ length: count }, (_, index) => index);
  while (indexes.length > 0) answers.push(...(await Promise.all(indexes.splice(0, AT_ONCE).map(call))));
  return answers;
}
const refusedOf = (answers: { status: number }[]) => answers.filter(({ status }) => status === 429).length;
/** What is left of a budget, as an answer tells. */
const left = ({ headers }: Awaited<ReturnType<ApiHarness['get']>>, budget: string) =>
  Number(new RegExp(`"${budget}";r=(\\d+)`).exec(String(headers.ratelimit))?.[1]);
/** The cookie by which a browser is known, as it sends it. */
function deviceCookie({ headers }: Awaited<ReturnType<ApiHarness['get']>>): string {
  const cookies = [headers['set-cookie'] ?? []].flat();
  return cookies.find((cookie) => cookie.startsWith('convene_device='))!.split(';')[0]!;
}

it('guesses at a password are refused after ten over all instances, with Retry-After', async () => {
  const answers = [];
  for (let attempt = 0; attempt < 12; attempt++) {
    answers.push(await guess(gateways[attempt % 2]!, ana.email.toUpperCase(), '192.0.2.1'));
  }
  expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(401), 429, 429]);
  const last = answers.at(-1)!;
  expect(last.body).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
  expect(Number(last.headers['retry-after'])).toBeGreaterThan(800);
  expect(last.headers['ratelimit-policy']).toContain('"login";q=10;w=900');
  expect(left(last, 'login')).toBe(0);
});

it('guesses from one address block neither the owner at another address nor other users at the same one', async () => {
  expect(refusedOf(await times(250, () => guess(gateways[0], ana.email, '192.0.2.1')))).toBe(250);
  expect((await login(ana, '192.0.2.2')).status).toBe(200);
  // What is refused for the account takes nothing from the address.
  const neighbour = await gateways[0].person('Neighbour');
  const answer = await login(neighbour, '192.0.2.1');
  expect(answer.status).toBe(200);
  expect(left(answer, 'login-address')).toBe(189);
});

describe('an account whose password is guessed from a hundred networks', () => {
  let bo: Person;
  let device: string;
  beforeAll(async () => {
    bo = await gateways[0].person('Bo'); // whose own logins count, too
    device = deviceCookie(await login(bo, '192.0.2.50'));
    const spread = await times(100, (index) => guess(gateways[index % 2]!, bo.email, `198.51.100.${index}`));
    expect(refusedOf(spread)).toBe(2);
  });

  it('can be used from a device that has logged in before, in any network', async () => {
    const strange = await login(bo, '192.0.2.60');
    expect({ status: strange.status, spent: left(strange, 'login-account') }).toEqual({ status: 429, spent: 0 });
    const known = await login(bo, '192.0.2.60', device);
    expect(known.status).toBe(200);
    expect(known.headers['ratelimit-policy']).toContain('"login-device";q=10;w=900');
    device = deviceCookie(known);
    expect(left(await login(bo, '192.0.2.61', device), 'login-device')).toBe(8); // it stays the same device
    expect((await login(bo, '198.51.100.1', device)).status).toBe(200);
  });

  it('accepts the device token in the body from a client without a cookie jar', async () => {
    const body = { email: bo.email, password: bo.password, transport: 'bearer' };
    const deviceToken = device.split('=')[1];
    const answer = await gateways[1].post('auth/login', {
      body: { ...body, deviceToken },
      headers: from('192.0.2.62'),
    });
    expect(answer.status).toBe(200);
    expect(answer.body.deviceToken).toBe(deviceToken);
  });

  it('limits a known device to ten guesses', async () => {
    const stolen = device;
    const answers = await times(12, () =>
      gateways[0].post('auth/login', {
        body: { email: bo.email, password: 'a wrong guess' },
        headers: { ...from('192.0.2.63'), cookie: stolen },
      }),
    );
    expect(refusedOf(answers)).toBeGreaterThanOrEqual(6); // of its ten, four are used
  });

  it('accepts neither the device token of another account nor a forged one', async () => {
    const cy = await gateways[0].person('Cy');
    const foreign = deviceCookie(await login(cy, '192.0.2.64'));
    const [id, proof] = device.split('.');
    for (const cookie of [foreign, `${id}.${proof}.${'A'.repeat(43)}`, 'convene_device=nonsense']) {
      expect((await login(bo, '192.0.2.64', cookie)).status).toBe(429);
    }
  });

  it('lets its owner reset the password from a new device, which becomes the only known one', async () => {
    expect((await forgot(bo.email, '192.0.2.65')).status).toBe(202);
    const answer = await gateways[0].post('auth/password/reset', {
      body: { token: await gateways[0].mailedToken(bo.id, 'RESET_PASSWORD'), password: 'another long phrase' },
      headers: from('192.0.2.65'),
    });
    expect(answer.status).toBe(204);
    const owner = { ...bo, password: 'another long phrase' };
    expect((await login(owner, '192.0.2.66', device)).status).toBe(429);
    expect((await login(owner, '192.0.2.65', deviceCookie(answer))).status).toBe(200);
  });
});

it('guesses from one address at many accounts are refused without using up the budgets of the accounts', async () => {
  const many = await times(201, (index) => guess(gateways[index % 2]!, `nobody-${index}@example.com`, '192.0.2.9'));
  expect(refusedOf(many)).toBe(1);
  const dee = await gateways[0].person('Dee');
  expect(refusedOf(await times(110, () => guess(gateways[0], dee.email, '192.0.2.9')))).toBe(110);
  const owner = await login(dee, '192.0.2.10');
  expect({ status: owner.status, left: left(owner, 'login-account') }).toEqual({ status: 200, left: 98 });
});

it('requests of a stranger do not block the owner’s mail for a password reset', async () => {
  const eve = await gateways[0].person('Eve');
  const device = deviceCookie(await login(eve, '192.0.2.70'));
  expect(refusedOf(await times(30, () => forgot(eve.email, '192.0.2.71')))).toBe(25);
  expect((await forgot(eve.email, '192.0.2.70')).status).toBe(202);
  // From many networks the mails to one address are bounded; its owner's device still gets one.
  await times(20, (index) => forgot(eve.email, `198.51.100.${index}`));
  expect((await forgot(eve.email, '192.0.2.72')).status).toBe(429);
  expect((await forgot(eve.email, '192.0.2.72', device)).status).toBe(202);
});

it('requests of a stranger do not block the signup of an address', async () => {
  const signup = (address: string) =>
    gateways[0].post('auth/signup', {
      body: { email: 'fay@example.com', password: 'a long pass phrase', displayName: 'Fay' },
      headers: from(address),
    });
  expect(refusedOf(await times(8, () => signup('192.0.2.80')))).toBe(3);
  expect((await signup('192.0.2.81')).status).toBe(201);
});

it('malformed calls have a budget of their own, apart from those of the account and the address', async () => {
  const body = { email: 'gil@example.com', password: 'short', displayName: 'Gil' };
  const malformed = await times(301, (index) =>
    gateways[index % 2]!.post('auth/signup', { body, headers: from('192.0.2.90') }),
  );
  expect(malformed.filter(({ status }) => status === 422)).toHaveLength(300);
  expect(refusedOf(malformed)).toBe(1);
  const good = await gateways[0].post('auth/signup', {
    body: { ...body, password: 'a long pass phrase' },
    headers: from('192.0.2.90'),
  });
  expect(good.status).toBe(201);
  expect([left(good, 'signup-address'), left(good, 'signup')]).toEqual([49, 4]);
});

it('a list of addresses is charged only where the contract has one', async () => {
  const hal = await gateways[0].person('Hal');
  const emails = Array<string>(1_000).fill('x@example.com');
  const attack = (path: string, body: object) =>
    gateways[0].post(path, { token: hal.token, body: { ...body, emails }, headers: from('192.0.2.100') });
  await attack('companies', { name: 'Acme' });
  await attack('auth/login', { email: hal.email, password: 'a wrong guess' });
  await attack('auth/password/forgot', { email: hal.email });
  await attack('notifications/read-all', {});
  const company = await gateways[0].post('companies', { token: hal.token, body: { name: 'Acme' } });
  expect({ status: company.status, left: left(company, 'write') }).toEqual({ status: 201, left: 119 });
  expect(left(await login(hal, '192.0.2.100'), 'login')).toBe(9);
  expect(left(await forgot(hal.email, '192.0.2.100'), 'mail')).toBe(4);
});

it('a list of invitations is charged per address, and not at all when it exceeds the budget', async () => {
  const ivy = await gateways[0].person('Ivy');
  const companyId = await gateways[0].company(ivy);
  // No addresses at all: each is an outcome, and counts.
  const invite = (count: number) =>
    gateways[0].post(`companies/${companyId}/invites`, {
      token: ivy.token,
      body: { emails: Array<string>(count).fill('x') },
      headers: from('192.0.2.110'),
    });
  expect((await invite(101)).status).toBe(422);
  for (const before of [400, 300, 200, 100]) expect(left(await invite(100), 'invite')).toBe(before);
  expect(left(await invite(60), 'invite')).toBe(40);
  const refused = await invite(41);
  expect({ status: refused.status, left: left(refused, 'invite') }).toEqual({ status: 429, left: 40 });
  const last = await invite(40);
  expect(last.status).toBe(201);
  expect([left(last, 'invite'), left(last, 'invite-address')]).toEqual([0, 1_500]);
});

it('a session is charged by its genuine refresh token, and forged ones use up nothing', async () => {
  const jo = await gateways[0].person('Jo');
  const [id] = jo.refreshToken.split('.');
  const refresh = (refreshToken: string, address: string) =>
    gateways[0].post('auth/refresh', { body: { refreshToken }, headers: from(address) });
  const forged = await times(60, () => refresh(`${id}.0.${'A'.repeat(43)}`, '192.0.2.120'));
  expect(forged.filter(({ status }) => status === 401)).toHaveLength(60);
  const real = await refresh(jo.refreshToken, '192.0.2.121');
  expect({ status: real.status, left: left(real, 'refresh') }).toEqual({ status: 200, left: 29 });
});

it('guesses beside a link are charged to the link, whatever cookies are sent', async () => {
  const kim = await gateways[0].person('Kim', { verified: false });
  const token = await gateways[0].verificationToken(kim.id);
  const mallory = [await gateways[0].person('Mallory'), await gateways[0].person('Mallet')];
  const answers = await times(12, (index) =>
    gateways[0].post('auth/verify-email', {
      body: { token, password: 'a wrong guess' },
      headers: { ...from('192.0.2.140'), cookie: `convene_refresh=${mallory[index % 2]!.refreshToken}` },
    }),
  );
  expect(refusedOf(answers)).toBe(2);
});

it('an IPv6 network counts as one address, and an IPv4-mapped address as the IPv4 address', async () => {
  const nobody = 'nobody-at-all@example.com';
  const spent = async (address: string) => left(await forgot(nobody, address), 'mail-address');
  expect(await spent('2001:db8:7:7::1')).toBe(49);
  expect(await spent('2001:db8:7:7:ffff:ffff:ffff:ffff')).toBe(48);
  expect(await spent('2001:db8:7:8::1')).toBe(49);
  expect(await spent('192.0.2.130')).toBe(49);
  expect(await spent('::ffff:192.0.2.130')).toBe(48);
});

it('every answer states the remaining budget', async () => {
  const first = await gateways[0].get('me', { token: ana.token });
  const second = await gateways[0].get('me', { token: ana.token });
  expect(first.headers['ratelimit-policy']).toBe('"read";q=600;w=60');
  expect(left(first, 'read') - left(second, 'read')).toBe(1);
});

it('reads and writes of a user are refused beyond their budget over all instances, within a tenth of it for each', async () => {
  const lou = await gateways[0].person('Lou');
  const write = (index: number) =>
    gateways[index % 2]!.send('PATCH', 'me', { token: lou.token, body: { displayName: `Lou ${index}` } });
  const answers = await times(160, write);
  const done = answers.length - refusedOf(answers);
  expect(done).toBeGreaterThanOrEqual(120);
  expect(done).toBeLessThanOrEqual(144);
  const one = await times(160, () => gateways[0].get('me', { token: lou.token }));
  expect(refusedOf(one)).toBe(0);
});

it('a forwarded address is trusted only from a known proxy', async () => {
  const direct = await ApiHarness.start({ DATABASE_URL: database.url, RATE_LIMIT_SCALE: '1' });
  const answers = [];
  for (let attempt = 0; attempt < 11; attempt++) {
    answers.push(await guess(direct, 'mallory@example.com', `203.0.113.${attempt}`));
  }
  expect(answers.at(-1)!.status).toBe(429);
  await direct.stop();
});
