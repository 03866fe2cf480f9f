import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { Api, type Person } from '../spec/api';

let database: TestDatabase;
let gateways: [Api, Api];
let ana: Person;
beforeAll(async () => {
  database = await createTestDatabase();
  const { url } = await createTestRedis();
  const env = { REDIS_URL: url, RATE_LIMIT_SCALE: '1', TRUST_PROXY: '127.0.0.1' };
  gateways = [
    await Api.start({ DATABASE_URL: database.url, ...env }),
    await Api.start({ DATABASE_URL: database.url, ...env }),
  ];
  ana = await gateways[0].person('Ana');
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await database.drop();
});

const from = (address: string) => ({ 'x-forwarded-for': address });
const guess = (gateway: Api, email: string, address: string) =>
  gateway.post('auth/login', { body: { email, password: 'a wrong guess' }, headers: from(address) });

it('stops guessing at a password after ten, over all instances, and says when to come back', async () => {
  const answers = [];
  for (let attempt = 0; attempt < 12; attempt++) {
    answers.push(await guess(gateways[attempt % 2]!, ana.email.toUpperCase(), '192.0.2.1'));
  }
  expect(answers.map(({ status }) => status)).toEqual([...Array<number>(10).fill(401), 429, 429]);
  const last = answers.at(-1)!;
  expect(last.body).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
  expect(Number(last.headers['retry-after'])).toBeGreaterThan(800);
  expect(last.headers['ratelimit-policy']).toContain('"login";q=10;w=900');
  expect(last.headers.ratelimit).toContain('"login";r=0;t=');
});

it('does not lock the owner out, who comes from elsewhere', async () => {
  const answer = await gateways[0].post('auth/login', {
    body: { email: ana.email, password: ana.password, transport: 'bearer' },
    headers: from('192.0.2.2'),
  });
  expect(answer.status).toBe(200);
});

it('stops guesses at one account from many addresses, and from one address at many accounts', async () => {
  const bo = await gateways[0].person('Bo'); // whose own login counts too
  const spread = await Promise.all(
    Array.from({ length: 100 }, (_, index) => guess(gateways[index % 2]!, bo.email, `198.51.100.${index}`)),
  );
  expect(spread.filter(({ status }) => status === 429)).toHaveLength(1);
  const many = await Promise.all(
    Array.from({ length: 201 }, (_, index) => guess(gateways[index % 2]!, `nobody-${index}@example.com`, '192.0.2.9')),
  );
  expect(many.filter(({ status }) => status === 429)).toHaveLength(1);
});

it('tells on every answer what is left', async () => {
  const first = await gateways[0].get('me', { token: ana.token });
  const second = await gateways[1].get('me', { token: ana.token });
  const left = ({ headers }: typeof first) => Number(/r=(\d+)/.exec(String(headers.ratelimit))?.[1]);
  expect(first.headers['ratelimit-policy']).toBe('"read";q=600;w=60');
  expect(left(first) - left(second)).toBe(1);
});

it('believes a forwarded address only from a proxy it knows', async () => {
  const direct = await Api.start({ DATABASE_URL: database.url, RATE_LIMIT_SCALE: '1' });
  const answers = [];
  for (let attempt = 0; attempt < 11; attempt++) {
    answers.push(await guess(direct, 'mallory@example.com', `203.0.113.${attempt}`));
  }
  expect(answers.at(-1)!.status).toBe(429);
  await direct.stop();
});
