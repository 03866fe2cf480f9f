import webPush from 'web-push';
import { z } from 'zod';
import type { RouteContract } from '@convene/contracts/http/route';
import { ROUTES } from '@convene/contracts/http/routes';
import { createTestRedis } from '@convene/testing/test-redis';
import { ApiHarness } from '../test-support/api-harness';
import { Changes } from '../test-support/matrix/changes';
import { MORE_ROWS, type Row, TABLE } from '../test-support/matrix/table';
import { type Actor, ACTORS, type Target, TARGETS, Tenants, type Things } from '../test-support/matrix/tenants';

/**
 * The tenant matrix: every route × who calls × whose things are named, compared with a declared table. What is another
 * tenant's answers exactly like what does not exist, and a refusal changes nothing in the database.
 */
let api: ApiHarness;
let tenants: Tenants;
let changes: Changes;
beforeAll(async () => {
  const { publicKey, privateKey } = webPush.generateVAPIDKeys();
  const vapid = { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: 'mailto:ops@example.com' };
  api = await ApiHarness.start({ REDIS_URL: (await createTestRedis()).url, ...vapid });
  changes = await Changes.watch(api.prisma);
  await newTenants();
});
afterAll(() => api.stop());

async function newTenants(): Promise<void> {
  tenants = await Tenants.build(api);
  await changes.take();
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly changed: string[];
}

async function call(route: RouteContract, row: Row, actor: Actor, things: Things): Promise<Answer> {
  const params = row.params?.(things) ?? {};
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? name);
  const token = tenants.token(actor);
  const { status, body } = await api.send(route.method, row.query ? `${path}?${row.query}` : path, {
    ...(token && { token }),
    ...(row.body && { body: row.body(things) }),
  });
  const { traceId: _, ...rest } = body;
  const changed = await changes.take();
  if (changed.length > 0) await newTenants();
  return { status, body: rest, changed };
}

const CELLS = ACTORS.flatMap((actor) => TARGETS.map((target): [Actor, Target] => [actor, target]));
const rowsOf = ({ operationId }: RouteContract): Row[] => [
  ...(TABLE[operationId] ? [TABLE[operationId]] : []),
  ...MORE_ROWS.filter(([id]) => id === operationId).map(([, row]) => row),
];

it('the tenant matrix has exactly one row for every route', () => {
  expect(Object.keys(TABLE).sort()).toEqual(ROUTES.map(({ operationId }) => operationId).sort());
});

describe.each(
  ROUTES.flatMap((route) => rowsOf(route).map((row, index) => [route.operationId, index, route, row] as const)),
)('%s (body %i)', (_id, _index, route, row) => {
  it('answers each caller as the table states, changes nothing on refusal, and fulfils its contract', async () => {
    const answers = new Map<string, Answer>();
    for (const [actor, target] of CELLS) {
      answers.set(`${actor} ${target}`, await call(route, row, actor, tenants.things(actor, target)));
    }
    const said = Object.fromEntries([...answers].map(([cell, { status }]) => [cell, status]));
    expect(said).toEqual(
      Object.fromEntries(CELLS.map(([actor, target]) => [`${actor} ${target}`, row.expected[target][actor]])),
    );
    for (const [cell, { status, changed, body }] of answers) {
      if (status >= 400) expect({ cell, changed }).toEqual({ cell, changed: [] });
      else if (!(route.response instanceof z.ZodUndefined))
        expect({ cell, error: route.response.safeParse(body).error }).toEqual({ cell });
    }
    for (const actor of ACTORS) {
      const nobodys = answers.get(`${actor} nonexistent`)!;
      const refusedLikeNobodys = TARGETS.filter((target) => row.expected[target][actor] === 404);
      for (const target of refusedLikeNobodys) expect(answers.get(`${actor} ${target}`)).toEqual(nobodys);
    }
  });
});

describe('a resource of one company in the path of another', () => {
  const NESTED = ROUTES.filter(({ path }) => /\{id\}.*\{\w+\}/.test(path));

  it.each(NESTED.map((route) => [route.operationId, route] as const))('%s does not find it', async (_id, route) => {
    for (const row of rowsOf(route)) {
      const mixed = { ...tenants.things('owner', 'foreign'), company: tenants.things('owner', 'own').company };
      const { status, changed } = await call(route, row, 'owner', mixed);
      expect({ status, changed }).toEqual({ status: 404, changed: [] });
    }
  });

  it('is tested on every route with two ids', () => expect(NESTED.length).toBeGreaterThanOrEqual(6));
});
