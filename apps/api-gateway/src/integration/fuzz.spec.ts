import fc from 'fast-check';
import { z } from 'zod';
import { ERRORS } from '@convene/contracts/error-codes';
import { Problem } from '@convene/contracts/errors';
import { openApiDocument } from '@convene/contracts/http/openapi';
import type { RouteContract } from '@convene/contracts/http/route';
import { ROUTES } from '@convene/contracts/http/routes';
import { createTestRedis } from '@convene/testing/test-redis';
import { ApiHarness } from '../test-support/api-harness';
import { fromSchema } from '../test-support/fuzz/arbitrary';
import { Tenants } from '../test-support/matrix/tenants';

/**
 * Every route with values from and near its schema, as a user with many rights: never a 500, never a hang, and every
 * error is a problem whose code the OpenAPI document lists for that route. `FUZZ_RUNS` asks for more, `FUZZ_SEED` for the same again.
 */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 40);
/** argon2 costs 50 ms a call, by design. */
const SLOW = new Set(['signup', 'login', 'resetPassword', 'changePassword', 'changeEmail', 'deleteMe']);
const HANG_MS = 5_000;
const seed = process.env['FUZZ_SEED'] === undefined ? {} : { seed: Number(process.env['FUZZ_SEED']) };

let api: ApiHarness;
beforeAll(async () => {
  api = await ApiHarness.start({ REDIS_URL: (await createTestRedis()).url });
});
afterAll(() => api.stop());

const documented = openApiDocument() as {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>;
};

/** The codes that the document lists for a status of a route. */
function codesOf({ path, method }: RouteContract, status: number): string[] {
  const response = documented.paths[path]?.[method.toLowerCase()]?.responses[status];
  return [...JSON.stringify(response?.content ?? {}).matchAll(/components\/examples\/(\w+)/g)].map(([, code]) => code!);
}

function checkAnswer(route: RouteContract, status: number, type: string, body: string): void {
  if (status < 400 || status === route.alsoStatus) {
    expect([route.status, route.alsoStatus]).toContain(status);
    const parsed = status === 204 || !body ? undefined : (JSON.parse(body) as unknown);
    expect(route.response.safeParse(parsed).error).toBeUndefined();
    return;
  }
  expect(status).not.toBe(500);
  expect(type).toContain('application/problem+json');
  const problem = Problem.parse(JSON.parse(body));
  expect(Object.keys(ERRORS)).toContain(problem.code);
  expect(codesOf(route, status)).toContain(problem.code);
}

async function send(url: string, method: RouteContract['method'], token: string, payload?: string) {
  const answer = api.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${token}`, ...(payload !== undefined && { 'content-type': 'application/json' }) },
    ...(payload !== undefined && { payload }),
  });
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${method} ${url} hangs`)), HANG_MS);
  });
  return Promise.race([answer, hang]).finally(() => clearTimeout(timer));
}

const fieldsOf = (schema: z.ZodType) => (schema instanceof z.ZodObject ? Object.entries(schema.shape) : []);
const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
/** `encodeURIComponent` refuses half a surrogate pair, which no client can put into a URL. */
const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, '\ufffd');
const encode = (value: unknown) => encodeURIComponent(wellFormed(asText(value)));

/** Ids that exist, so that calls get past the first look; or anything at all. */
const segment = (known: string) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(known) },
    { weight: 1, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 250, unit: 'binary' }) },
  );

const KNOWN: Record<string, keyof ReturnType<Tenants['things']>> = {
  userId: 'memberId',
  inviteId: 'inviteId',
  requestId: 'joinRequestId',
  tokenOrId: 'receivedInviteId',
};
const idOf = (route: RouteContract, name: string, things: ReturnType<Tenants['things']>) => {
  if (name !== 'id') return things[KNOWN[name] ?? 'company'];
  if (route.tag === 'friendships') return things.friendRequestId;
  return route.tag === 'notifications' ? things.notificationId : things.company;
};

describe.each(ROUTES.map((route) => [route.operationId, route] as const))('%s', (operationId, route) => {
  it('answers every generated request without a 500, and with documented codes', async () => {
    const tenants = await Tenants.build(api);
    const things = tenants.things('owner', 'own');
    const token = tenants.token('owner')!;
    const path = fc.record(
      Object.fromEntries(
        [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name!, segment(idOf(route, name!, things))]),
      ),
    );
    const query = fc.record(
      Object.fromEntries(fieldsOf(route.query).map(([name, schema]) => [name, fromSchema(schema)])),
      {
        requiredKeys: [],
      },
    );
    const hasBody = !(route.body instanceof z.ZodUndefined);
    const body = hasBody ? fromSchema(route.body) : fc.constant(undefined);
    await fc.assert(
      fc.asyncProperty(path, query, body, async (params, search, payload) => {
        const target = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encode(params[name]));
        const pairs = Object.entries(search).map(([name, value]) => `${name}=${encode(value)}`);
        const url = `${target}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
        const answer = await send(url, route.method, token, hasBody ? JSON.stringify(payload) : undefined);
        checkAnswer(route, answer.statusCode, String(answer.headers['content-type']), answer.body);
      }),
      { numRuns: SLOW.has(operationId) ? Math.ceil(RUNS / 4) : RUNS, ...seed },
    );
  });
});

const RAW: [string, string][] = [
  ['broken JSON', '{"name": '],
  ['a bare word', 'name'],
  ['deep nesting', '['.repeat(30_000) + ']'.repeat(30_000)],
  ['a wrong encoding', Buffer.from([0xff, 0xfe, 0x22]).toString('latin1')],
  ['a body that is too large', JSON.stringify({ name: 'x'.repeat(70_000) })],
  ['poison', '{"__proto__": {"isPublic": true}, "constructor": {"prototype": {}}, "name": 1}'],
];

it.each(RAW)('every route with a body answers %s with a problem', async (_what, payload) => {
  const token = (await Tenants.build(api)).token('owner')!;
  for (const route of ROUTES.filter(({ body }) => !(body instanceof z.ZodUndefined))) {
    const answer = await send(route.path.replace(/\{\w+\}/g, 'x'), route.method, token, payload);
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    checkAnswer(route, answer.statusCode, String(answer.headers['content-type']), answer.body);
  }
});
