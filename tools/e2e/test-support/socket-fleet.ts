import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { io, type Socket } from 'socket.io-client';
import type { AccessTokenSigner } from '@convene/auth/access-token-signer';
import type { SessionReadyFrame } from '@convene/contracts/frames';
import { userRoom } from '@convene/contracts/sockets/rooms';
import { ShardedFramePublisher } from '@convene/realtime/sharded-frames';
import { createRedis } from '@convene/redis/redis';
import { InboxRows, type TestUser } from '@convene/testing/inbox-rows';
import { roleUrl } from '@convene/testing/role-url';
import { createTestDatabase, TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { newKeys } from '@convene/tools/dev/keys';
import { System, type SystemOptions } from '@convene/tools/dev/system';
import { Device, type DeviceOptions } from '@convene/tools/simulated-users/device';
import { tokenSigner } from '@convene/tools/simulated-users/token-signer';

export interface SocketFleetOptions {
  readonly gateways?: number;
  /** Beside the ws-gateways, without their relay. None by default. */
  readonly apiGateways?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly onLine?: SystemOptions['onLine'];
}

const TOKEN_TTL_S = 3_600;

/** ws-gateways, as processes, and api-gateways if asked for; the test writes into PostgreSQL and Redis in place of the other apps. */
export class SocketFleet {
  private readonly devices: Device[] = [];
  private readonly sockets: Socket[] = [];

  private constructor(
    private readonly database: TestDatabase,
    readonly rows: InboxRows,
    readonly publisher: ShardedFramePublisher,
    readonly system: System,
    private readonly signer: AccessTokenSigner,
    private readonly redis: ReturnType<typeof createRedis>,
  ) {}

  static async open({
    gateways = 1,
    apiGateways = 0,
    env = {},
    onLine,
  }: SocketFleetOptions = {}): Promise<SocketFleet> {
    const [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
    const keys = newKeys();
    const system = await System.start({
      apps: ['ws-gateway', ...(apiGateways > 0 ? ['api-gateway'] : [])],
      instances: { 'ws-gateway': gateways, 'api-gateway': apiGateways },
      ...(onLine && { onLine }),
      own: ({ name }) => ({ DATABASE_URL: roleUrl(`${database.url}?connection_limit=5&pool_timeout=60`, name) }),
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        REDIS_URL: redis.url,
        RABBITMQ_URL: 'amqp://not-used',
        OUTBOX_RELAY: 'off',
        USE_WS_REDIS_ADAPTER: 'true',
        RATE_LIMIT_SCALE: '0',
        ...keys,
        ...env,
      },
    });
    const signer = tokenSigner(keys.JWT_PRIVATE_KEY, TOKEN_TTL_S);
    const connection = createRedis(redis.url, { role: 'publisher' });
    if (connection.status !== 'ready') await once(connection, 'ready');
    const rows = await InboxRows.connect(database.url);
    return new SocketFleet(database, rows, new ShardedFramePublisher(connection), system, signer, connection);
  }

  /** Opens a fleet for one test and closes it when the test ends, also when it fails. */
  static async with(options: SocketFleetOptions, test: (fleet: SocketFleet) => Promise<void>): Promise<void> {
    const fleet = await SocketFleet.open(options);
    try {
      await test(fleet);
    } finally {
      await fleet.close();
    }
  }

  gateway(instance = 1) {
    return this.system.app('ws-gateway', instance);
  }

  async token({ id, sessionId }: TestUser): Promise<string> {
    return (await this.signer.sign(id, sessionId)).token;
  }

  /** Connects a device of a user that keeps its position. */
  async device(user: TestUser, instance = 1, options: DeviceOptions = {}): Promise<Device> {
    const token = await this.token(user);
    const device = new Device(this.gateway(instance).url, () => token, options);
    this.devices.push(device);
    await device.connect();
    return device;
  }

  /** Connects a bare client that does nothing by itself. @returns it with its `session.ready`. */
  async socket(user: TestUser, instance = 1): Promise<{ socket: Socket; ready: SessionReadyFrame }> {
    const auth = { token: await this.token(user) };
    const url = this.gateway(instance).url;
    const socket = io(url, { auth, transports: ['websocket'], reconnection: false, forceNew: true });
    this.sockets.push(socket);
    const ready = await new Promise<SessionReadyFrame>((resolve) => socket.once('session.ready', resolve));
    return { socket, ready };
  }

  /** Appends notifications to an inbox and publishes their frames. @returns the last seq. */
  async notify(user: TestUser, count = 1, text = 'Hello'): Promise<number> {
    const frames = await this.rows.notificationsAtOnce(user, count, {
      code: 'MESSAGE',
      params: { senderName: 'Ana', text, companyName: null },
    });
    const occurredAt = new Date().toISOString();
    for (let at = 0; at < frames.length; at += 100) {
      const part = frames.slice(at, at + 100);
      const room = userRoom(user.id);
      await Promise.all(
        part.map((frame) => this.publisher.emit(room, 'notifications.created', { ...frame, occurredAt })),
      );
    }
    return frames.at(-1)?.seq ?? 0;
  }

  /** Memory of a gateway's process, in bytes. */
  rss(instance = 1): number {
    const status = readFileSync(`/proc/${this.gateway(instance).pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  }

  /** The value of a counter or gauge, summed over its labels that contain these words. */
  async metric(name: string, labels = '', instance = 1): Promise<number> {
    const text = await (await fetch(`${this.gateway(instance).internalUrl}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(labels));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  async close(): Promise<void> {
    for (const device of this.devices) device.disconnect();
    for (const socket of this.sockets) socket.disconnect();
    await this.system.stop();
    this.redis.disconnect();
    await this.rows.end();
    await this.database.drop();
  }
}
