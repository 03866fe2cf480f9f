import { Client } from 'pg';
import { ApiHarness, type Person } from '../test-support/api-harness';
import { costOf, recordQueries } from '../test-support/scale/recorded-queries';
import { seedLargeCompany } from '../test-support/scale/seed-large-company';

/**
 * Lists of 100,000 notifications, 10,000 members and the like: a page costs what every other page of its list costs,
 * counted in blocks of the database that its queries look at, and none reads a table from end to end.
 */
let client: Client;
let api: ApiHarness;
let ana: Person;
let companyId: string;
beforeAll(async () => {
  api = await ApiHarness.start();
  client = new Client({ connectionString: api.databaseUrl, options: '-c jit=off' });
  await client.connect();
  ana = await api.person('Ana');
  companyId = await api.company(ana);
  await seedLargeCompany(client, ana.id, companyId);
}, 120_000);
afterAll(async () => {
  await client.end();
  await api.stop();
});

interface List {
  readonly path: string;
  /** How many rows it holds at least. */
  readonly rows: number;
}
const LISTS: List[] = [
  { path: 'notifications', rows: 90_000 },
  { path: 'notifications?state=unread', rows: 40_000 },
  { path: 'notifications?state=read', rows: 40_000 },
  { path: 'notifications?state=archived', rows: 4_000 },
  { path: 'notifications?state=snoozed', rows: 4_000 },
  { path: 'companies', rows: 1_000 },
  { path: 'companies/:id/members', rows: 10_000 },
  { path: 'companies/:id/audit', rows: 10_000 },
  { path: 'companies/:id/invites', rows: 10_000 },
  { path: 'companies/:id/invites?status=REVOKED', rows: 9_000 },
  { path: 'companies/:id/join-requests', rows: 5_000 },
  { path: 'friendships', rows: 5_000 },
  { path: 'friendships?state=incoming', rows: 2_000 },
  { path: 'invites', rows: 300 },
  { path: 'users/search?q=Crowd', rows: 10_000 },
];

const LIMIT = 100;

it.each(LISTS.map((list) => [list.path, list] as const))(
  'the last page of %s costs as much as the first',
  async (_, { path, rows }) => {
    const base = path.replace(':id', companyId);
    const page = async (cursor: string | null) => {
      const url = `${base}${base.includes('?') ? '&' : '?'}limit=${LIMIT}${cursor === null ? '' : `&cursor=${cursor}`}`;
      const { status, body } = await api.get(url, { token: ana.token });
      expect(status).toBe(200);
      return body as { data: { id?: string; userId?: string; seq?: number }[]; nextCursor: string | null };
    };

    const seen = new Set<string>();
    let [cursor, last]: [string | null, string | null] = [null, null];
    do {
      const { data, nextCursor } = await page(cursor);
      for (const row of data) seen.add(String(row.id ?? row.userId));
      last = cursor;
      cursor = nextCursor;
    } while (cursor !== null);
    // Nothing is shown twice or left out, however long the list.
    expect(seen.size).toBeGreaterThanOrEqual(rows);

    const [first, final] = [await costs(() => page(null)), await costs(() => page(last))];
    expect([first.statements, final.statements]).toEqual(Array(2).fill(STATEMENTS[path] ?? 1));
    expect({ path, scanned: [...first.scanned, ...final.scanned] }).toEqual({ path, scanned: [] });
    expect(final.blocks).toBeLessThan(first.blocks * 2 + 100);
    expect(first.blocks).toBeLessThan(LIMIT * 12);
  },
);

/** The audit log asks for the right to read on the primary, and for the page on a replica. */
const STATEMENTS: Record<string, number> = { 'companies/:id/audit': 2 };

async function costs(work: () => Promise<unknown>) {
  const queries = await recordQueries(work);
  const each = [];
  for (const query of queries) each.push(await costOf(client, query));
  return {
    statements: queries.length,
    blocks: each.reduce((sum, { blocks }) => sum + blocks, 0),
    scanned: each.flatMap(({ scanned }) => scanned),
  };
}
