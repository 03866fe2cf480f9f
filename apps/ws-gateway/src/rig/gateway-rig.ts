import { parseEnv } from '@convene/config/env';
import { AccessTokenSigner } from '@convene/auth/access-token-signer';
import { parseSigningKey } from '@convene/auth/key-ring';
import { PlainFrameBus } from '@convene/realtime/plain-frame-bus';
import { createRedis } from '@convene/realtime/redis';
import { ShardedFrameBus } from '@convene/realtime/sharded-frame-bus';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { once } from 'node:events';
import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Comparator } from '../comparator';
import { ENV } from '../env';
import { startGateway } from '../gateway';
import { LocalUsers } from '../sessions/local-users';
import { Rows, type TestUser } from './rows';
import { TestClient, type TestClientOptions } from './test-client';

export interface RigOptions {
  readonly databaseUrl: string;
  /** Where gateways find Redis. */
  readonly redisUrl: string;
  /** Where publishers do, if that is another way. */
  readonly publisherUrl?: string;
  readonly gateways?: number;
  readonly env?: Record<string, string>;
}

/** Gateways in this process, in front of real servers, and what the rest of the system would do to them. */
export class GatewayRig {
  private readonly clients: TestClient[] = [];

  private constructor(
    readonly rows: Rows,
    readonly bus: ShardedFrameBus | PlainFrameBus,
    readonly gateways: readonly NestFastifyApplication[],
    private readonly signingKey: ReturnType<typeof parseSigningKey>,
    private readonly publisher: ReturnType<typeof createRedis>,
  ) {}

  static async start({ databaseUrl, redisUrl, publisherUrl, gateways = 1, env = {} }: RigOptions): Promise<GatewayRig> {
    const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const source = {
      DATABASE_URL: `${databaseUrl}?connection_limit=3`,
      REDIS_URL: redisUrl,
      RABBITMQ_URL: 'amqp://not-used',
      JWT_PUBLIC_KEYS: pair.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      USE_WS_REDIS_ADAPTER: 'on',
      WS_COMPARE_INTERVAL_MS: '60000',
      WS_PORT: '0',
      INTERNAL_PORT: '0',
      ...env,
    };
    const publisher = createRedis(publisherUrl ?? redisUrl, { role: 'publisher' });
    if (publisher.status !== 'ready') await once(publisher, 'ready');
    const apps: NestFastifyApplication[] = [];
    for (let index = 0; index < gateways; index += 1) apps.push(await startGateway(parseEnv(ENV, source)));
    const Bus = source.USE_WS_REDIS_ADAPTER === 'on' ? ShardedFrameBus : PlainFrameBus;
    const signingKey = parseSigningKey(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    return new GatewayRig(await Rows.connect(databaseUrl), new Bus(publisher), apps, signingKey, publisher);
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
    const sessions = [...(this.gateways[gateway]?.get(LocalUsers).find(user.id)?.sessions ?? [])];
    const [first, ...others] = sessions.map(({ socket }) => [...socket.rooms]);
    return (first ?? []).filter((room) => others.every((rooms) => rooms.includes(room)));
  }

  /** Waits through comparisons until one has brought this about. */
  async compared(gateway: number, done: () => boolean): Promise<void> {
    while (!done()) await this.gateways[gateway]?.get(Comparator).compare();
  }

  publisherReady(): Promise<unknown> {
    return this.publisher.status === 'ready' ? Promise.resolve() : once(this.publisher, 'ready');
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    for (const gateway of this.gateways) await gateway.close();
    this.publisher.disconnect();
    await this.rows.end();
  }
}
