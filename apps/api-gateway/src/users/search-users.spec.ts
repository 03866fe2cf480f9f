import { Client } from 'pg';
import { newId } from '@convene/prisma/ids';
import { planOf } from '@convene/testing/query-plan';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { peopleByName } from './people-by-name';

let api: ApiHarness;
let caller: Person;
beforeAll(async () => {
  api = await ApiHarness.start();
  caller = await api.person('Zoe');
});
afterAll(() => api.stop());

async function named(...names: string[]): Promise<string[]> {
  const rows = names.map((displayName) => ({ id: newId(), displayName, email: newId(), passwordHash: '-' }));
  await api.prisma.user.createMany({ data: rows });
  return rows.map(({ id }) => id);
}
const search = (q: string, more = '') =>
  api.get(`users/search?q=${encodeURIComponent(q)}${more}`, { token: caller.token });
const found = async (q: string) =>
  (await search(q)).body.data.map((row) => (row as { displayName: string }).displayName);

it('a user search matches the beginning of names in any case, in order, and returns name and id only', async () => {
  const [, bert] = await named('Bertrand', 'bert', 'BERTA', 'Albert', 'Bent');
  expect(await found('bERt')).toEqual(['bert', 'BERTA', 'Bertrand']);
  expect((await search('bert')).body.data[0]).toEqual({ id: bert, displayName: 'bert' });
  await named('Émile', 'émilie', 'Emil');
  expect(await found('éMI')).toEqual(['Émile', 'émilie']);
});

it('a user search matches every character literally', async () => {
  await named('100% Carl', '100 Carla', 'a_b', 'axb', 'c\\d', 'co:lon', 'co:lon too');
  expect(await found('100%')).toEqual(['100% Carl']);
  expect(await found('a_')).toEqual(['a_b']);
  expect(await found('c\\')).toEqual(['c\\d']);
  expect(await found('%%')).toEqual([]);
  const first = await search('co:', '&limit=1');
  expect((await search('co:', `&cursor=${first.body.nextCursor}`)).body.data).toMatchObject([
    { displayName: 'co:lon too' },
  ]);
});

it('a user search returns every match once over its pages, also equal names', async () => {
  const ids = await named(...Array<string>(7).fill('Doppel'), 'Doppelt', 'dope');
  const seen: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const { body } = await search('do', `&limit=2${cursor && `&cursor=${cursor}`}`);
    seen.push(...body.data.map((row) => (row as { id: string }).id));
    cursor = body.nextCursor ?? undefined;
  }
  expect(seen).toEqual([ids[8], ...ids.slice(0, 8)]);
});

it('a user search omits the caller and deleted users, and does not reveal who has blocked the caller', async () => {
  expect(await found('zoe')).toEqual([]);
  const [blocker, blocked, gone] = await named('Fay blocks', 'Fay is blocked', 'Fay is gone');
  await api.prisma.block.create({ data: { id: newId(), blockerId: blocker ?? '', blockedId: caller.id } });
  await api.prisma.block.create({ data: { id: newId(), blockerId: caller.id, blockedId: blocked ?? '' } });
  await api.prisma.user.update({ where: { id: gone ?? '' }, data: { deletedAt: new Date() } });
  expect(await found('fay')).toEqual(['Fay blocks', 'Fay is blocked']);
});

it('a user search has a cursor for the longest name', async () => {
  await named('\u{10400}'.repeat(40), '\u{10400}'.repeat(40));
  const { body } = await search('\u{10400}\u{10400}', '&limit=1');
  expect((await search('\u{10400}\u{10400}', `&cursor=${body.nextCursor}`)).body.data).toHaveLength(1);
});

it.each([
  ['a single letter', 'q=a', 'VALIDATION_FAILED'],
  ['a control character', 'q=a%00b', 'VALIDATION_FAILED'],
  ['a foreign cursor', 'q=an&cursor=bWVtYmVyczox', 'CURSOR_INVALID'],
])('a user search refuses %s', async (_, query, code) => {
  const answer = await api.get(`users/search?${query}`, { token: caller.token });
  expect(answer).toMatchObject({ status: 422, body: { code } });
});

it('a user search reads the index in its order, on every page', async () => {
  const client = new Client({ connectionString: api.databaseUrl });
  await client.connect();
  await client.query(`
    INSERT INTO users (id, email, password_hash, display_name)
    SELECT gen_random_uuid(), gen_random_uuid()::text, '-', 'Person ' || n FROM generate_series(1, 50000) AS n`);
  await client.query('ANALYZE users, blocks');
  for (const after of [undefined, { name: 'person 2500', id: newId() }]) {
    const { text, values } = peopleByName({ callerId: caller.id, prefix: 'Person', after, limit: 26 });
    const plan = await planOf(client, text, [...values]);
    expect(plan.indexes).toContain('users_display_name_idx');
    expect(plan.scanned).not.toContain('users');
    expect(plan.steps).not.toContain('Sort');
  }
  await client.end();
});
