import type { AccessTokenSigner } from '@convene/auth/access-token-signer';
import { InboxRows } from '@convene/testing/inbox-rows';
import { roleUrl } from '@convene/testing/role-url';
import { createTestDatabase, TestDatabase } from '@convene/testing/test-database';
import { createTestRedis } from '@convene/testing/test-redis';
import { createTestVhost } from '@convene/testing/test-vhost';
import { newKeys } from '@convene/tools/dev/keys';
import { System } from '@convene/tools/dev/system';
import { tokenSigner } from '@convene/tools/simulated-users/token-signer';

export interface TokenHolder {
  readonly id: string;
  readonly email: string;
  readonly token: string;
}

export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly id: string;
}

const TOKEN_TTL_S = 600;

/** Several api-gateways as processes in front of one database: every call goes to the next of them. */
export class Gateways {
  private turn = 0;

  private constructor(
    private readonly database: TestDatabase,
    private readonly inboxes: InboxRows,
    private readonly system: System,
    private readonly signer: AccessTokenSigner,
  ) {}

  static async start(instances: number, env: NodeJS.ProcessEnv): Promise<Gateways> {
    const database = await createTestDatabase();
    const keys = newKeys();
    const system = await System.start({
      apps: ['api-gateway'],
      instances: { 'api-gateway': instances },
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        DATABASE_URL: roleUrl(`${database.url}?connection_limit=15&pool_timeout=60`, 'api-gateway'),
        REDIS_URL: (await createTestRedis()).url,
        RABBITMQ_URL: (await createTestVhost()).url,
        RATE_LIMIT_SCALE: '0',
        ...keys,
        ...env,
      },
    });
    const inboxes = await InboxRows.connect(database.url);
    return new Gateways(database, inboxes, system, tokenSigner(keys.JWT_PRIVATE_KEY, TOKEN_TTL_S));
  }

  async stop(): Promise<void> {
    await this.system.stop();
    await this.inboxes.end();
    await this.database.drop();
  }

  rows<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.inboxes.query<Row>(sql, values);
  }

  async count(sql: string, values: unknown[] = []): Promise<number> {
    return (await this.rows<{ count: number }>(`SELECT count(*)::int AS count FROM ${sql}`, values))[0]?.count ?? 0;
  }

  /** Straight into the database, with a token of the test's key: a hundred signups would cost a hundred argon2. */
  async people(count: number): Promise<TokenHolder[]> {
    const users = await this.inboxes.users(count);
    return Promise.all(
      users.map(async ({ id, email, sessionId }) => ({
        id,
        email,
        token: (await this.signer.sign(id, sessionId)).token,
      })),
    );
  }

  async send(who: TokenHolder, method: string, path: string, body?: object, headers: object = {}): Promise<Answer> {
    const instances = this.system.apps.length;
    const gateway = this.system.app('api-gateway', (this.turn++ % instances) + 1);
    const answer = await fetch(`${gateway.url}/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${who.token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = (text ? JSON.parse(text) : {}) as { id?: string; code?: string };
    return { status: answer.status, code: json.code, id: json.id ?? '' };
  }

  /** Creates a company with its owner and other members in their roles. */
  async company(owner: TokenHolder, others: readonly (readonly [TokenHolder, 'OWNER' | 'ADMIN' | 'MEMBER'])[] = []) {
    const { id } = await this.send(owner, 'POST', 'companies', { name: 'Race' });
    for (const [member, role] of others) {
      await this.send(member, 'POST', `invites/${await this.invite(owner, id, member)}/accept`);
      await this.send(owner, 'PATCH', `companies/${id}/members/${member.id}`, { role });
    }
    return id;
  }

  async invite(owner: TokenHolder, companyId: string, { email }: TokenHolder): Promise<string> {
    return (await this.send(owner, 'POST', `companies/${companyId}/invites`, { email })).id;
  }
}
