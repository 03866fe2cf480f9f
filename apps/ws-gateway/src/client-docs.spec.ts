import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@convene/client/client';
import { ClientError } from '@convene/client/client-error';
import type { Client, ClientOptions, Position } from '@convene/client/types';
import { userRoom } from '@convene/contracts/sockets/rooms';
import type { TestUser } from '@convene/testing/inbox-rows';
import { tempDir } from '@convene/testing/temp-dir';
import { GatewayHarness } from './test-support/gateway-harness';

const PAGE = readFileSync(join(__dirname, '../../../docs/client.md'), 'utf8');
/** The examples, each by the heading above it. */
const examples = PAGE.split(/^## /m).flatMap((section) =>
  [...section.matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => ({ heading: section.split('\n')[0] ?? '', code })),
);

let harness: GatewayHarness;
let ana: TestUser;
let clients: Client[];

beforeAll(async () => {
  harness = await GatewayHarness.start();
});
afterAll(() => harness.stop());
beforeEach(async () => {
  ana = await harness.rows.user();
  clients = [];
});
afterEach(() => {
  for (const client of clients) client.close();
});

/** Runs an example as a module of the page would be, with what it takes for granted. */
async function run(index: number, surroundings: Record<string, unknown>): Promise<Client> {
  const body = (examples[index]?.code ?? '').replace(/^import .*\n/gm, '');
  const names = { readFileSync, writeFileSync, ClientError, createClient: there, ...surroundings };
  const url = "url: 'http://localhost:4001'";
  expect(body).toContain(url);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- of our own page
  const make = new Function(
    ...Object.keys(names),
    `return (async () => { ${body.replace(url, `url: '${harness.url()}'`)} })()`,
  );
  await (make as (...values: unknown[]) => Promise<void>)(...Object.values(names));
  return clients[0]!;
}

function there(options: ClientOptions): Client {
  const client = createClient(options);
  clients.push(client);
  return client;
}

const emit = (event: string, frame: object) => harness.publisher.emit(userRoom(ana.id), event, frame);
const token = () => harness.token(ana);

it('the examples of the SDK’s documentation are all run', () => {
  expect(examples.map(({ heading }) => heading)).toEqual([
    ...Array<string>(2).fill('Quick start'),
    'An unread badge in three tabs',
    'Lists that keep themselves current',
    'Who is there',
  ]);
});

it('the browser example refreshes its cookie when the server requests it', async () => {
  const fetched: string[] = [];
  const client = await run(0, {
    fetch: async (address: string) => {
      fetched.push(address);
      return { status: 200, ok: true };
    },
    console: { log: () => undefined, error: () => undefined },
  });
  // There is no cookie here, so that the refresh does not help.
  await expect(client.live()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(fetched).toEqual(['http://localhost:4000/v1/auth/refresh']);
});

it('the browser example stops when its refresh is refused, and retries when the refresh fails otherwise', async () => {
  const statuses = [503, 401];
  const client = await run(0, {
    fetch: async () => ({ status: statuses.shift(), ok: false }),
    console: { log: () => undefined, error: () => undefined },
  });
  await expect(client.live()).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  expect(statuses).toEqual([]);
});

it('the program example resumes at its saved position', async () => {
  const positionFile = join(tempDir('client-docs'), 'position.json');
  const kept: number[] = [];
  let enough: () => void = () => undefined;
  const surroundings = {
    accessToken: token,
    positionFile,
    keep: async ({ seq }: { seq: number }) => {
      if (kept.push(seq) % 2 === 0) enough();
    },
  };
  for (const turn of [0, 1]) {
    const some = new Promise<void>((resolve) => (enough = resolve));
    const frames = await harness.rows.notifications(ana, turn === 0 ? 1 : 2);
    const client = await run(1, surroundings);
    if (turn === 0)
      for (const frame of await harness.rows.notifications(ana, 2)) await emit('notifications.created', frame);
    await some;
    client.close();
    clients = [];
    expect(frames).toHaveLength(turn + 1);
  }
  expect(kept).toEqual([2, 3, 4, 5]);
  const position = JSON.parse(readFileSync(positionFile, 'utf8')) as Position;
  expect(position).toMatchObject({ userId: ana.id });
});

it('the badge example shows the same count in three tabs', async () => {
  const badges: { textContent?: string }[] = [{}, {}, {}];
  const fetch = async () => ({ json: async () => ({ count: 3, version: 3 }) });
  for (const badge of badges) {
    await run(2, { token, badge, fetch });
  }
  await Promise.all(clients.map((client) => client.live()));
  const shown = clients.map((client) => new Promise((resolve) => client.on('unread', resolve)));
  await emit('notifications.updated', { unread: { count: 2, version: 4 } });
  await Promise.all(shown);
  clients[0]!.unreadFromHttp({ count: 3, version: 3 });
  expect(badges).toEqual(Array(3).fill({ textContent: '2' }));
});

it('the list example refetches stale lists and drops lost companies', async () => {
  const companyId = await harness.rows.company(ana);
  const refetched: string[] = [];
  const client = await run(3, {
    token,
    refetchCompany: (id: string) => refetched.push(id),
    forgetCompany: () => undefined,
  });
  await client.live();
  const heard = new Promise((resolve) => client.on('hint', resolve));
  await emit('memberships.joined', { eventId: 'e', companyId, version: 1 });
  await heard;
  expect(refetched).toEqual([companyId, companyId]);
});

it('the presence example watches a company, and close() ends everything', async () => {
  const companyId = await harness.rows.company(ana);
  const client = await run(4, { token, companyId, console: { log: () => undefined } });
  expect(client.state.status).toBe('closed');
});
