import { io, type Socket } from 'socket.io-client';
import { debianProgram } from '@convene/testing/debian-program';
import type { TestUser } from '@convene/testing/inbox-rows';
import { LoadBalancer, type Upstreams } from '@convene/tools/fleet/servers/load-balancer';
import { Device } from '@convene/tools/simulated-users/device';
import { call, HttpLoad } from './test-support/http-load';
import { SocketFleet } from './test-support/socket-fleet';
import { until } from './test-support/test-system';

const NODES = [1, 2];
const MAX_FROM_ADDRESS = 20;
/** The hash of a cookie decides which gateway is asked: with ten more than both may have, one of them was not full yet at times. */
const BEYOND = 60;
const RELOADS = 3;

const balancers = [
  ['nginx', debianProgram('nginx'), LoadBalancer.nginx],
  ['haproxy', debianProgram('haproxy'), LoadBalancer.haproxy],
] as const;

let fleet: SocketFleet;
let upstreams: Upstreams;
const apiLines: string[] = [];

const hostOf = (url: string) => new URL(url).host;
const so = (look: () => boolean) => until(() => Promise.resolve(look()));
const connectionsOn = (node: number) => fleet.metric('ws_connections_active', '', node);
const running = () => NODES.filter((node) => fleet.gateway(node).isRunning);
const noConnections = () =>
  until(async () => (await Promise.all(running().map(connectionsOn))).every((connections) => connections === 0));

beforeAll(async () => {
  if (balancers.every(([, program]) => !program)) return;
  fleet = await SocketFleet.open({
    gateways: NODES.length,
    apiGateways: NODES.length,
    env: { TRUST_PROXY: '127.0.0.1', WS_MAX_CONNECTIONS_PER_ADDRESS: String(MAX_FROM_ADDRESS) },
    onLine: (name, line) => name === 'api-gateway' && apiLines.push(line),
  });
  upstreams = {
    apiGateways: NODES.map((node) => hostOf(fleet.system.app('api-gateway', node).url)),
    wsGateways: NODES.map((node) => hostOf(fleet.gateway(node).url)),
  };
}, 60_000);

afterAll(() => fleet?.close());

describe.each(balancers)('%s with our configuration', (_name, program, start) => {
  const test = program ? it : it.skip;
  let balancer: LoadBalancer;
  let users: TestUser[];
  const clients: { disconnect(): unknown }[] = [];

  beforeAll(async () => {
    if (!program) return;
    await Promise.all(fleet.system.apps.filter(({ isRunning }) => !isRunning).map((app) => app.restart()));
    balancer = await start(program, upstreams);
    users = await fleet.rows.users(12);
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.disconnect();
    if (program) await noConnections();
  });

  afterAll(() => balancer?.stop());

  async function client(user: TestUser, transports: string[]): Promise<Socket> {
    // `withCredentials`: it keeps cookies, as a browser does.
    const options = { transports, withCredentials: true, reconnection: false, forceNew: true };
    const socket = io(balancer.url, { ...options, auth: { token: await fleet.token(user) } });
    clients.push(socket);
    await new Promise<unknown>((resolve, reject) =>
      socket.once('session.ready', resolve).once('connect_error', reject),
    );
    return socket;
  }

  async function device(user: TestUser): Promise<Device> {
    const token = await fleet.token(user);
    const opened = new Device(balancer.url, () => token);
    clients.push(opened);
    await opened.connect();
    return opened;
  }

  /** Each notified once more; @returns when all have everything that they were sent, in order. */
  async function allReceive(devices: readonly Device[]): Promise<void> {
    const seqs = await Promise.all(devices.map((_, index) => fleet.notify(users[index] as TestUser)));
    await Promise.all(devices.map((one, index) => one.until(() => one.seq === seqs[index], `seq ${seqs[index]}`)));
    expect(devices.flatMap(({ faults }) => faults)).toEqual([]);
  }

  test('keeps the requests of long polling, which are one session, on one gateway, and uses all gateways', async () => {
    const sockets = await Promise.all(users.map((user) => client(user, ['polling'])));
    for (let turn = 0; turn < 4; turn += 1) {
      const acks = await Promise.all(sockets.map((socket) => socket.emitWithAck('inbox.ack', { seq: 0 })));
      expect(acks.every(({ ok }: { ok: boolean }) => ok)).toBe(true);
    }
    expect(sockets.every(({ connected }) => connected)).toBe(true);
    const perNode = await Promise.all(NODES.map(connectionsOn));
    expect(perNode.reduce((sum, one) => sum + one)).toBe(users.length);
    expect(Math.min(...perNode)).toBeGreaterThan(0);
  });

  test('upgrades a session that polls to WebSocket', async () => {
    const sockets = await Promise.all(users.slice(0, 4).map((user) => client(user, ['polling', 'websocket'])));
    await so(() => sockets.every(({ io: { engine } }) => engine.transport.name === 'websocket'));
    for (const socket of sockets) expect(await socket.emitWithAck('inbox.ack', { seq: 0 })).toMatchObject({ ok: true });
  });

  test('leads each WebSocket to the gateway with the fewest connections', async () => {
    for (const user of users.slice(0, 10)) await client(user, ['websocket']);
    expect(await Promise.all(NODES.map(connectionsOn))).toEqual([5, 5]);
  });

  test('tells the api-gateway the address of the client, and not a forged one', async () => {
    const from = apiLines.length;
    const body = { email: 'nobody@convene.test', password: 'wrong-password' };
    const headers = { 'x-forwarded-for': '203.0.113.9', origin: balancer.url };
    await call(`${balancer.url}/v1/auth/login`, { method: 'POST', body, headers, localAddress: '127.0.0.5' });
    const line = await new Promise<string>((resolve) => {
      void so(() => {
        const found = apiLines.slice(from).find((one) => one.includes('"event":"login"'));
        if (found) resolve(found);
        return found !== undefined;
      });
    });
    expect(JSON.parse(line)).toMatchObject({ event: 'login', network: '127.0.0.5' });
  });

  test('tells the ws-gateway the address of the client: one that has too many connections keeps nobody else out', async () => {
    const handshake = (localAddress: string) =>
      call(`${balancer.url}/socket.io/?EIO=4&transport=polling`, { localAddress });
    const statuses: number[] = [];
    for (let count = 0; count < NODES.length * MAX_FROM_ADDRESS + BEYOND; count += 1) {
      statuses.push((await handshake('127.0.0.6')).status);
    }
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(NODES.length * MAX_FROM_ADDRESS);
    expect(statuses.slice(-1)).not.toEqual([200]);
    expect((await handshake('127.0.0.7')).status).toBe(200);
  });

  test('loses and doubles nothing when it reloads under load', async () => {
    const [owner] = users as [TestUser];
    const devices = await Promise.all(users.slice(0, 8).map(device));
    const authorization = `Bearer ${await fleet.token(owner)}`;
    let created = 0;
    let turn = 0;
    const load = new HttpLoad(4, async () => {
      if ((turn += 1) % 4 > 0) return call(`${balancer.url}/v1/me`, { headers: { authorization } });
      const body = { name: 'Reload' };
      const reply = await call(`${balancer.url}/v1/companies`, { method: 'POST', body, headers: { authorization } });
      if (reply.status === 201) created += 1;
      return reply;
    });
    for (let count = 0; count < RELOADS; count += 1) {
      await load.more(20);
      balancer.reload();
    }
    await load.more(40);
    await load.stop();
    await allReceive(devices);
    expect(load.failures).toEqual([]);
    const [row] = await fleet.rows.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM memberships WHERE user_id = $1`,
      [owner.id],
    );
    expect(row?.count).toBe(created);
    expect(devices.flatMap(({ closings }) => closings)).toEqual([]);
  });

  test('brings the clients of a gateway that stops to another, and fails no read meanwhile', async () => {
    const devices = await Promise.all(users.slice(0, 8).map(device));
    const authorization = `Bearer ${await fleet.token(users[0] as TestUser)}`;
    const load = new HttpLoad(2, () => call(`${balancer.url}/v1/me`, { headers: { authorization } }));
    await load.more(20);
    const [socketNode, httpNode] = [fleet.gateway(1), fleet.system.app('api-gateway', 1)];
    expect(await Promise.all([socketNode.stop(), httpNode.stop()])).toEqual(['exit code 0', 'exit code 0']);
    await load.more(40);
    await load.stop();
    await so(() => devices.every(({ arrivals, closings }) => arrivals.length === 1 + closings.length));
    expect(devices.flatMap(({ closings }) => closings)).toContain('GOING_AWAY');
    expect(await connectionsOn(2)).toBe(devices.length);
    await allReceive(devices);
    expect(load.failures).toEqual([]);
  });
});
