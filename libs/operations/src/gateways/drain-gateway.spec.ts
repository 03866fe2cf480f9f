import { DrainGateway, ListGateways } from '@convene/contracts/ops/routes';
import { MessagingHarness, until } from '@convene/messaging/test-support/messaging-harness';
import { newId } from '@convene/prisma/ids';
import { GatewayDirectory } from '@convene/realtime/gateway-directory';
import { RedisConnections } from '@convene/redis/redis-connections';
import { TcpProxy } from '@convene/testing/tcp-proxy';
import { createTestRedis } from '@convene/testing/test-redis';
import { OperationsHarness } from '../test-support/operations-harness';

const STARTED = new Date().toISOString();

let servers: MessagingHarness;
let proxy: TcpProxy;
let ops: OperationsHarness;
let redis: RedisConnections;
let gateways: GatewayDirectory;
beforeAll(async () => {
  servers = await MessagingHarness.create();
  const { url } = await createTestRedis();
  proxy = await TcpProxy.to(url);
  ops = await OperationsHarness.start(servers.database.url, servers.rabbitmqUrl, { redisUrl: proxy.url });
  redis = new RedisConnections(url);
  await new Promise<void>((resolve) => redis.commands.once('ready', () => resolve()));
  gateways = new GatewayDirectory(redis);
});
afterAll(async () => {
  await ops.close();
  redis.onApplicationShutdown();
  await proxy.close();
  await servers.close();
});

const announce = (id: string, isDraining = false) =>
  gateways.announce(
    { id, connections: 12, isDraining, startedAt: STARTED, keyIds: [], pool: { waiting: 0, limit: 3 } },
    60_000,
  );
const drain = (gateway: string, more: object = {}) =>
  ops.call(DrainGateway, { params: { gateway }, body: { reason: 'its host is replaced' }, ...more });
const acts = () => servers.prisma.operatorAct.findMany();

it('a gateway is ordered to drain once another accepts connections, and the act is recorded', async () => {
  const [one, other] = [`one-${newId()}`, `other-${newId()}`];
  gateways.onDrainOrdered((id) => void (id === one && announce(one, true)));
  await announce(one);
  await until(async () => (await ops.call(ListGateways, { as: 'viewer' })).body.data?.length === 1);
  const alone = await drain(one);
  expect([alone.status, alone.body.detail]).toEqual([503, expect.stringContaining('No other ws-gateway accepts')]);
  expect(await acts()).toEqual([]);

  await announce(other);
  expect((await drain(one, { as: 'viewer' })).status).toBe(403);
  expect((await drain(newId())).status).toBe(404);
  const { body } = await drain(one);
  expect(body).toMatchObject({
    command: 'drain',
    state: 'done',
    filter: { gateway: one },
    counts: { connections: 12 },
  });
  const { data } = (await ops.call(ListGateways, { as: 'viewer' })).body;
  expect(data.map(({ id, isDraining }) => [id, isDraining])).toEqual([
    [one, true],
    [other, false],
  ]);

  // Nobody hears the order: the act has failed.
  await announce(`third-${other}`);
  expect((await drain(other)).status).toBe(503);
  expect((await acts()).map(({ state }) => state).sort()).toEqual(['done', 'failed']);
}, 20_000);

it('without Redis gateways cannot be listed, and the answer says so', async () => {
  proxy.cut();
  const { status, body } = await ops.call(ListGateways, { as: 'viewer' });
  expect([status, body.detail]).toEqual([503, expect.stringContaining('Redis does not answer')]);
  proxy.restore();
});
