import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { RevocationList } from '@convene/auth/revocation-list';
import { createClient } from '@convene/client/client';
import type { Client, ClientEvents, ClientOptions, ClientState } from '@convene/client/types';
import { companyRoom, userRoom } from '@convene/contracts/sockets/rooms';
import { newId } from '@convene/prisma/ids';
import type { TestUser } from '@convene/testing/inbox-rows';
import type { Connection } from './connections/connection';
import { closeConnection } from './connections/connection-closer';
import { ConnectionRegistry } from './connections/connection-registry';
import { Drain } from './connections/drain';
import { GatewayHarness } from './test-support/gateway-harness';

jest.setTimeout(60_000);

let harness: GatewayHarness;
let ana: TestUser;
let clients: Client[] = [];

beforeAll(async () => {
  harness = await GatewayHarness.start({ gateways: 2 });
});
afterAll(() => harness.stop());
beforeEach(async () => {
  ana = await harness.rows.user();
});
afterEach(() => {
  for (const client of clients) client.close();
  clients = [];
});

function device(options: Partial<ClientOptions> & { gateway?: number; user?: TestUser } = {}) {
  const { gateway = 0, user = ana, ...rest } = options;
  const client = createClient({ url: harness.url(gateway), token: () => harness.token(user), ...rest });
  clients.push(client);
  const seqs: number[] = [];
  const states: ClientState['status'][] = [];
  const gaps: number[] = [];
  client.on('notification', ({ seq }) => seqs.push(seq));
  client.on('state', ({ status }) => states.push(status));
  client.on('gap', ({ headSeq }) => gaps.push(headSeq));
  return { client, seqs, states, gaps };
}

/** Waits until something that the client tells brings this about. */
function until<Event extends keyof ClientEvents>(client: Client, event: Event, done: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!done()) return;
      off();
      resolve();
    };
    const off = client.on(event, look);
    look();
  });
}

const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i);
const emit = (event: string, frame: object) => harness.publisher.emit(userRoom(ana.id), event, frame);
const connections = (gateway = 0): Connection[] => [
  ...(harness.gateways[gateway]?.get(ConnectionRegistry).find(ana.id)?.openConnections ?? []),
];
async function notify(count: number): Promise<void> {
  for (const frame of await harness.rows.notifications(ana, count)) await emit('notifications.created', frame);
}

it('the SDK begins at the head, emits each notification once and in order, and acknowledges its position', async () => {
  await harness.rows.notifications(ana, 3);
  const { client, seqs, gaps } = device();
  await client.live();
  expect([gaps, client.unread]).toEqual([[3], { count: 3, version: 3 }]);
  const frames = await harness.rows.notifications(ana, 20);
  for (const frame of [...frames.toReversed(), ...frames]) await emit('notifications.created', frame);
  await until(client, 'notification', () => seqs.at(-1) === 23);
  expect(seqs).toEqual(upTo(23, 4));
  client.close();
  const acked = () =>
    harness.rows.query<{ seq: string }>(`SELECT acked_seq AS seq FROM sessions WHERE id = $1`, [ana.sessionId]);
  const deadline = Date.now() + 10_000;
  let [row] = await acked();
  while (Number(row?.seq) !== 23 && Date.now() < deadline) [row] = await acked();
  expect(Number(row?.seq)).toBe(23);
});

it('the SDK reconnects after GOING_AWAY and retryAfterMs, without gaps or duplicates', async () => {
  const { client, seqs, states, gaps } = device();
  await client.live();
  await notify(5);
  await until(client, 'notification', () => seqs.length === 5);
  const away = Date.now();
  connections().forEach((connection) => closeConnection(connection, 'GOING_AWAY', 400));
  await until(client, 'state', () => client.state.status === 'waiting');
  await notify(5);
  await until(client, 'state', () => client.state.status === 'live');
  expect(Date.now() - away).toBeGreaterThanOrEqual(390);
  await notify(5);
  await until(client, 'notification', () => seqs.at(-1) === 15);
  expect(seqs).toEqual(upTo(15));
  expect(gaps).toEqual([0]);
  expect(states).toEqual(['connecting', 'live', 'waiting', 'connecting', 'live']);
});

it('the SDK resumes at the position that an earlier process saved', async () => {
  let saved: unknown;
  const storage: ClientOptions['storage'] = {
    load: () => saved as undefined,
    save: (position) => void (saved = position),
  };
  const first = device({ storage });
  await first.client.live();
  await notify(2);
  await until(first.client, 'notification', () => first.seqs.length === 2);
  first.client.close();
  await notify(3);
  const second = device({ storage, gateway: 1 });
  await until(second.client, 'notification', () => second.seqs.length === 3);
  expect([second.seqs, second.gaps]).toEqual([[3, 4, 5], []]);
});

it('the SDK moves from a draining node to another without missing a notification', async () => {
  // As a load balancer does: the next connection goes to the remaining node.
  let target = 1;
  const balancer = createServer((socket) => {
    const upstream = connect(Number(new URL(harness.url(target)).port), '127.0.0.1');
    socket.pipe(upstream).pipe(socket);
    for (const it of [socket, upstream]) it.on('error', () => socket.destroy());
  });
  balancer.listen(0, '127.0.0.1');
  await once(balancer, 'listening');
  const devices = upTo(10).map(() => device({ url: `http://127.0.0.1:${(balancer.address() as AddressInfo).port}` }));
  await Promise.all(devices.map(({ client }) => client.live()));
  target = 0;
  await Promise.all([harness.gateways[1]?.get(Drain).execute(), notify(30)]);
  for (const { client, seqs, gaps } of devices) {
    await until(client, 'notification', () => seqs.at(-1) === 30);
    expect([seqs, gaps]).toEqual([upTo(30), [0]]);
  }
  expect(connections()).toHaveLength(10);
  balancer.close();
});

it('the SDK resumes until it has a backlog larger than one replay, in order', async () => {
  const { client, seqs, gaps } = device();
  await client.live();
  await notify(450);
  await until(client, 'notification', () => seqs.at(-1) === 450);
  expect([seqs, gaps]).toEqual([upTo(450), [0]]);
});

it('the unread count of the SDK follows live notifications, and ignores replayed ones that were read', async () => {
  const { client, seqs } = device();
  await client.live();
  const [first, second] = await harness.rows.notifications(ana, 2);
  await emit('notifications.created', { ...first, unread: { count: 1, version: 1 } });
  await until(client, 'unread', () => client.unread?.version === 1);
  await emit('notifications.created', { ...second });
  await until(client, 'notification', () => seqs.at(-1) === 2);
  expect(client.unread).toEqual({ count: 1, version: 1 });
});

it('the unread count of the SDK is the same in three tabs, and a late HTTP answer does not overwrite it', async () => {
  const tabs = [device(), device({ gateway: 0 }), device({ transports: ['polling'] })].map(({ client }) => client);
  await Promise.all(tabs.map((tab) => tab.live()));
  await notify(2);
  await emit('notifications.updated', { unread: { count: 2, version: 2 } });
  await Promise.all(tabs.map((tab) => until(tab, 'unread', () => tab.unread?.version === 2)));
  const late = { count: 2, version: 2 };
  tabs[0]!.unreadFromHttp({ count: 1, version: 3 }); // the answer to the tab that read it
  await emit('notifications.updated', {
    id: newId(),
    readAt: new Date().toISOString(),
    unread: { count: 1, version: 3 },
  });
  await Promise.all(tabs.map((tab) => until(tab, 'unread', () => tab.unread?.version === 3)));
  for (const tab of tabs) tab.unreadFromHttp(late);
  expect(tabs.map(({ unread }) => unread)).toEqual(Array(3).fill({ count: 1, version: 3 }));
});

it('the SDK emits each hint once, however often and on whichever way it is sent', async () => {
  const companyId = await harness.rows.company(ana);
  const { client } = device();
  const hints: string[] = [];
  client.on('hint', (name) => hints.push(name));
  await client.live();
  const hint = { eventId: newId(), companyId, version: 1, name: 'Acme', isPublic: true };
  for (const room of [companyRoom(companyId), userRoom(ana.id), companyRoom(companyId)]) {
    await harness.publisher.emit(room, 'companies.updated', hint);
  }
  await emit('users.registered', { eventId: newId(), companyId: null, version: null, userId: ana.id });
  await until(client, 'hint', () => hints.length === 2);
  expect(hints).toEqual(['companies.updated', 'users.registered']);
});

it('the SDK marks a company stale whose membership changed while it was disconnected', async () => {
  const [companyId, quiet] = [await harness.rows.company(ana), await harness.rows.company(ana)];
  const { client } = device();
  const changes: ClientEvents['companies'][0][] = [];
  client.on('companies', (change) => changes.push(change));
  await client.live();
  expect(new Set(changes[0]?.stale)).toEqual(new Set([companyId, quiet]));
  connections().forEach((connection) => closeConnection(connection, 'GOING_AWAY', 300));
  await until(client, 'state', () => client.state.status === 'waiting');
  await harness.rows.join(companyId, await harness.rows.user());
  await until(client, 'companies', () => changes.length === 2);
  expect(changes[1]).toEqual({ stale: [companyId], left: [] });
});

it('the SDK stays closed after its session is revoked', async () => {
  const asked: boolean[] = [];
  const token = ({ refresh }: { refresh: boolean }) => (asked.push(refresh), harness.token(ana));
  const { client } = device({ token });
  await client.live();
  await harness.gateways[0]?.get(RevocationList).publish(ana.sessionId, ana.id);
  await until(client, 'state', () => client.state.status === 'closed');
  expect(client.state).toMatchObject({ code: 'SESSION_REVOKED' });
  const { client: again } = device({ token });
  await expect(again.live()).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  expect(asked).toEqual([false, false, true]);
});

it('the SDK renews its session before the token expires', async () => {
  const { client, states, seqs } = device({ token: ({ refresh }) => harness.token(ana, refresh ? 600 : 3) });
  await client.live();
  const short = await harness.live(ana, { auth: { token: await harness.token(ana, 3) } });
  await short.disconnected(); // the first one would have gone before it
  await notify(1);
  await until(client, 'notification', () => seqs.length === 1);
  expect(states).toEqual(['connecting', 'live']);
});

it('the SDK replaces a token that expires anyway, without a gap', async () => {
  const asked: boolean[] = [];
  const opaque = { issued: 0 };
  const { client, seqs, gaps } = device({
    token: async ({ refresh }) => {
      asked.push(refresh);
      // Renewal finds no new token in time; the reconnection does.
      if (refresh && opaque.issued++ === 0) throw new Error('offline');
      return harness.token(ana, refresh ? 600 : 2);
    },
  });
  await client.live();
  await until(client, 'state', () => client.state.status === 'waiting');
  expect(client.state).toMatchObject({ code: 'TOKEN_EXPIRED' });
  await notify(2);
  await until(client, 'notification', () => seqs.length === 2);
  expect([seqs, gaps, asked]).toEqual([[1, 2], [0], [false, true, true]]);
});

it('the SDK ignores a stale cookie beside a valid token; a stale cookie alone leads to a refresh, then to the end', async () => {
  const headers = { cookie: 'convene_access=stale' };
  await device({ headers }).client.live();
  const asked: boolean[] = [];
  const { client } = device({ headers, token: ({ refresh }) => void asked.push(refresh) });
  await expect(client.live()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(asked).toEqual([false, true]);
});
