import { generateKeyPairSync } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DerivedTokens } from '@convene/auth/derived-token';
import { parseEnv } from '@convene/config/env';
import type { UserView } from '@convene/contracts/http/auth';
import type { Method } from '@convene/contracts/http/route';
import { logger } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { PrismaService } from '@convene/prisma/prisma.service';
import { roleUrl } from '@convene/testing/role-url';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { createApp } from '../create-app';
import { type Env, envShape, SERVICE } from '../env';

/** Thousands of answered requests would bury the report of a test. A spec that reads the log sets a level of its own. */
logger.level = 'warn';

/** The discard port: no server listens there. */
const UNUSED_PORT = 9;
const TOKEN_SECRET = 'spec'.repeat(8);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const JWT_PRIVATE_KEY = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

const LINKS = { VERIFY_EMAIL: 'verify_email', RESET_PASSWORD: 'reset_password', CHANGE_EMAIL: 'change_email' } as const;
interface Sent {
  token?: string | undefined;
  body?: object;
  headers?: Record<string, string>;
}

/** The fields of all answers; a field that a route does not return is undefined. */
interface Body extends Record<string, unknown> {
  id: string;
  code: string;
  data: object[];
  nextCursor: string;
  errors: { field: string; message: string }[];
  user: UserView;
  sessionId: string;
  accessToken: string;
  refreshToken: string;
}

/** A person who has signed up and logged in as a client without a cookie jar. */
export interface Person extends UserView {
  readonly password: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly sessionId: string;
}

/**
 * A whole api-gateway in this process, under its database role, without RabbitMQ and, unless `REDIS_URL` is given, without
 * Redis.
 */
export class ApiHarness {
  private people = 0;

  private constructor(
    readonly app: NestFastifyApplication,
    /** For the spec: under the role that owns the database. */
    readonly prisma: PrismaService,
    /** Where the spec finds the database. */
    readonly databaseUrl: string,
    readonly env: Env,
    readonly tokens: DerivedTokens,
    private readonly database: TestDatabase | undefined,
  ) {}

  /** Uses a database of its own, which `stop` drops, unless `DATABASE_URL` is given. */
  static async start(over: Record<string, string> = {}): Promise<ApiHarness> {
    const database = over['DATABASE_URL'] === undefined ? await createTestDatabase() : undefined;
    const databaseUrl = database?.url ?? String(over['DATABASE_URL']);
    const env = parseEnv(envShape, {
      REDIS_URL: `redis://localhost:${UNUSED_PORT}`,
      RABBITMQ_URL: `amqp://localhost:${UNUSED_PORT}`,
      OUTBOX_RELAY: 'off',
      INTERNAL_PORT: '0',
      JWT_PRIVATE_KEY,
      TOKEN_SECRET,
      RATE_LIMIT_SCALE: '0',
      ...over,
      DATABASE_URL: roleUrl(databaseUrl, SERVICE),
    });
    const app = await createApp(env);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const prisma = new PrismaService(new Database({ databaseUrl, applicationName: 'api-harness' }));
    return new ApiHarness(app, prisma, databaseUrl, env, new DerivedTokens(env.TOKEN_SECRET), database);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.prisma.onApplicationShutdown();
    await this.database?.drop();
  }

  async send(method: Method, path: string, { token, body, headers = {} }: Sent = {}) {
    const answer = await this.app.inject({
      method,
      url: path.startsWith('/') ? path : `/v1/${path}`,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body && { payload: body }),
    });
    const parsed = (answer.body ? answer.json() : {}) as Body;
    return { status: answer.statusCode, headers: answer.headers, body: parsed };
  }

  get = (path: string, sent?: Sent) => this.send('GET', path, sent);
  post = (path: string, sent?: Sent) => this.send('POST', path, sent);

  async login(email: string, password: string) {
    return this.post('auth/login', { body: { email, password, transport: 'bearer' } });
  }

  /** Signs up and logs in, with a verified address by default. */
  async person(name: string, { verified = true } = {}): Promise<Person> {
    const email = `${name.toLowerCase()}-${++this.people}@example.com`;
    const password = `password of ${name}`;
    const { body: user } = await this.post('auth/signup', { body: { email, password, displayName: name } });
    if (verified) {
      const token = await this.verificationToken(user.id);
      await this.post('auth/verify-email', { body: { token, password } });
    }
    const { body: grant } = await this.login(email, password);
    const { accessToken: token, refreshToken, sessionId } = grant;
    return { ...grant.user, password, token, refreshToken, sessionId };
  }

  /** The token of the mail, derived from the row as the mailing worker does. */
  async mailedToken(userId: string, purpose: keyof typeof LINKS): Promise<string> {
    const { id, rotation } = await this.prisma.mailToken.findFirstOrThrow({ where: { userId, purpose } });
    return this.tokens.derive(LINKS[purpose], id, rotation);
  }

  verificationToken(userId: string): Promise<string> {
    return this.mailedToken(userId, 'VERIFY_EMAIL');
  }

  /** The token of the mail that lets the owner of the former address take the account back. */
  async restoreToken(userId: string): Promise<string> {
    const { id } = await this.prisma.formerAddress.findFirstOrThrow({
      where: { userId },
      orderBy: { changedAt: 'desc' },
    });
    return this.tokens.derive('restore_email', id, 0);
  }

  async company(owner: Person, name = 'Acme'): Promise<string> {
    return (await this.post('companies', { token: owner.token, body: { name } })).body.id;
  }

  async invite(
    companyId: string,
    inviter: Person,
    email: string,
    role = 'MEMBER',
  ): Promise<{ id: string; token: string }> {
    const { body } = await this.post(`companies/${companyId}/invites`, { token: inviter.token, body: { email, role } });
    return { id: body.id, token: this.tokens.derive('invite', body.id, 0) };
  }

  events(where: { type?: string; companyId?: string; actorId?: string }) {
    return this.prisma.domainEvent.findMany({ where, orderBy: { id: 'asc' } });
  }
}
