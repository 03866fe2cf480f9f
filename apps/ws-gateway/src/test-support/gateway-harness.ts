import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessTokenSigner } from '@convene/auth/access-token-signer';
import { parseSigningKey } from '@convene/auth/key-ring';
import { parseEnv } from '@convene/config/env';
import { AdapterFramePublisher } from '@convene/realtime/adapter-frames';
import { PlainFramePublisher } from '@convene/realtime/plain-frames';
import { createRedis } from '@convene/redis/redis';
import { InboxRows, type TestUser } from '@convene/testing/inbox-rows';
import { roleUrl } from '@convene/testing/role-url';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { ConnectionRegistry } from '../connections/connection-registry';
import { envShape } from '../env';
import { startGateway } from '../gateway';
import { ReconcileLoop } from '../reconcile/reconcile-loop';
import { TestClient, type TestClientOptions } from './test-client';

export interface HarnessOptions {
  /** Instead of a database of the harness's own, which goes when the harness stops: for who starts several on one. */
  readonly databaseUrl?: string;
  /** Where gateways find Redis, instead of a database of the test Redis. */
  readonly redisUrl?: string;
  /** Where publishers do, if that is another way. */
  readonly publisherUrl?: string;
  readonly gateways?: number;
  readonly env?: Record<string, string>;
}

/** ws-gateways in this process on real servers, with the rows and frames that the other apps would send them. */
export class GatewayHarness {
  private readonly clients: TestClient[] = [];

  private constructor(
    readonly rows: InboxRows,
    readonly publisher: AdapterFramePublisher | PlainFramePublisher,
    readonly gateways: readonly NestFastifyApplication[],
    readonly signingKey: ReturnType<typeof parseSigningKey>,
    private readonly redis: ReturnType<typeof createRedis>,
    private readonly database: TestDatabase,
    readonly redisUrl: string,
  ) {}

  static async start(options: HarnessOptions = {}): Promise<GatewayHarness> {
    const { gateways = 1, env = {} } = options;
    const database = options.databaseUrl === undefined ? await createTestDatabase() : borrowed(options.databaseUrl);
    const redisUrl = options.redisUrl ?? (await createTestRedis()).url;
    const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const source = {
      DATABASE_URL: roleUrl(`${database.url}?connection_limit=3`, 'ws-gateway'),
      REDIS_URL: redisUrl,
      RABBITMQ_URL: 'amqp://not-used',
      JWT_PUBLIC_KEYS: pair.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      USE_WS_REDIS_ADAPTER: 'on',
      WS_COMPARE_INTERVAL_MS: '60000',
      WS_PORT: '0',
      INTERNAL_PORT: '0',
      ...env,
    };
    const redis = createRedis(options.publisherUrl ?? redisUrl, { role: 'publisher' });
    if (redis.status !== 'ready') await once(redis, 'ready');
    const apps: NestFastifyApplication[] = [];
    for (let index = 0; index < gateways; index += 1) apps.push(await startGateway(parseEnv(envShape, source)));
    const Publisher = source.USE_WS_REDIS_ADAPTER === 'on' ? AdapterFramePublisher : PlainFramePublisher;
    const signingKey = parseSigningKey(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    const rows = await InboxRows.connect(database.url);
    return new GatewayHarness(rows, new Publisher(redis), apps, signingKey, redis, database, redisUrl);
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  url(gateway = 0): string {
    const address = this.gateways[gateway]?.getHttpServer().address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }

  async token(user: TestUser, ttlSeconds = 600): Promise<string> {
    const audience = { issuer: 'convene', audience: 'convene' };
    const signer = new AccessTokenSigner({ key: this.signingKey, ttlSeconds, ...audience });
    return (await signer.sign(user.id, user.sessionId)).token;
  }

  /** The code with which a handshake of these headers is refused before it is a connection; undefined when it is not. */
  async refusedUpgrade(headers: Record<string, string>): Promise<string | undefined> {
    const answer = await fetch(`${this.url()}/socket.io/?EIO=4&transport=polling`, { headers });
    return answer.ok ? undefined : ((await answer.json()) as { message: string }).message;
  }

  /** A device of the user, connecting. */
  async client(user: TestUser, options: TestClientOptions & { gateway?: number } = {}): Promise<TestClient> {
    const { gateway = 0, ...rest } = options;
    const client = new TestClient(this.url(gateway), {
      ...rest,
      auth: { token: await this.token(user), ...rest.auth },
    });
    this.clients.push(client);
    return client;
  }

  /** A device of the user that is live. */
  async live(user: TestUser, options: TestClientOptions & { gateway?: number } = {}): Promise<TestClient> {
    const client = await this.client(user, options);
    await client.received('session.ready');
    return client;
  }

  /** Rooms that all of the user's sockets on this gateway are in. */
  roomsOf(gateway: number, user: TestUser): string[] {
    const connections = [...(this.gateways[gateway]?.get(ConnectionRegistry).find(user.id)?.connections ?? [])];
    const [first, ...others] = connections.map(({ socket }) => [...socket.rooms]);
    return (first ?? []).filter((room) => others.every((rooms) => rooms.includes(room)));
  }

  /** Repeats the comparison with PostgreSQL until `done`. */
  async compared(gateway: number, done: () => boolean): Promise<void> {
    while (!done()) await this.gateways[gateway]?.get(ReconcileLoop).compare();
  }

  publisherReady(): Promise<unknown> {
    return this.redis.status === 'ready' ? Promise.resolve() : once(this.redis, 'ready');
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    for (const gateway of this.gateways) await gateway.close();
    this.redis.disconnect();
    await this.rows.end();
    await this.database.drop();
  }
}

/** A database that the harness does not drop. */
const borrowed = (url: string): TestDatabase => ({ url, drop: () => Promise.resolve() });
