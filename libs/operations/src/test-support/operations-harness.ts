import { INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { ResponseOf, RouteContract } from '@convene/contracts/http/route';
import type { OperatorRole } from '@convene/contracts/ops/operator';
import { SecurityLog } from '@convene/observability/security-log';
import { Database } from '@convene/prisma/database/database';
import { roleUrl } from '@convene/testing/role-url';
import { createTestRedis } from '@convene/testing/test-redis';
import { OperatorTokens } from '../identity/operator-tokens';
import { OperationsModule } from '../operations.module';
import type { OperationsOptions } from '../operations-options';
import { OperationsServer } from '../operations-server';
import { SessionRevoker } from '../sessions/session-revoker';

const SECRET = 'spec'.repeat(8);

interface Sent {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: object;
  /** Who asks: an operator by default. */
  readonly as?: OperatorRole;
  readonly name?: string;
}

@Module({})
class Host {}

/** The operator API in this process, with the database role of its host, hosted by an application that does nothing else. */
export class OperationsHarness {
  /** The users whose sessions the host was asked to end. */
  readonly revoked: string[] = [];
  /** Parsed lines of the security log. */
  readonly securityLines: Record<string, unknown>[] = [];
  /** The pool of the host, of two connections. */
  readonly hostDatabase: Database;
  private app!: INestApplicationContext;

  private constructor(databaseUrl: string) {
    const url = roleUrl(`${databaseUrl}?connection_limit=2`, 'api-gateway');
    this.hostDatabase = new Database({ databaseUrl: url, applicationName: 'spec host' });
  }

  static async start(
    databaseUrl: string,
    rabbitmqUrl: string,
    { readReplicaUrl, ...more }: Partial<OperationsOptions> = {},
  ): Promise<OperationsHarness> {
    const harness = new OperationsHarness(databaseUrl);
    const destination = {
      write: (line: string) => void harness.securityLines.push(JSON.parse(line) as object as never),
    };
    const security = new SecurityLog({ service: 'spec', key: Buffer.from('k'), destination });
    const sessions: SessionRevoker = { revokeAll: async (userId) => harness.revoked.push(userId) };
    @Module({
      imports: [
        {
          module: Host,
          global: true,
          providers: [
            { provide: SecurityLog, useValue: security },
            { provide: SessionRevoker, useValue: sessions },
            { provide: Database, useValue: harness.hostDatabase },
          ],
          exports: [Database, SecurityLog, SessionRevoker],
        },
        OperationsModule.forRoot({
          service: 'spec',
          port: 0,
          host: '127.0.0.1',
          secrets: [SECRET],
          databaseUrl: roleUrl(databaseUrl, 'api-gateway'),
          readReplicaUrl: readReplicaUrl && roleUrl(readReplicaUrl, 'api-gateway'),
          rabbitmqUrls: [rabbitmqUrl],
          redisUrl: more.redisUrl ?? (await createTestRedis()).url,
          ...more,
        }),
      ],
    })
    class HostUnderTest {}
    harness.app = await NestFactory.createApplicationContext(HostUnderTest, { logger: false });
    return harness;
  }

  get url(): string {
    return `http://127.0.0.1:${this.app.get(OperationsServer).port}`;
  }

  /** The environment of a command line that uses it. */
  get env(): NodeJS.ProcessEnv {
    return { OPS_URL: this.url, OPS_SECRET: SECRET, OPS_NAME: 'ana' };
  }

  token(role: OperatorRole, name = 'ana'): Promise<string> {
    return new OperatorTokens([SECRET]).sign({ name, role }, 60);
  }

  /** @returns the status, and the body as the route's contract declares it; of a problem, its fields. */
  async call<R extends RouteContract>(route: R, { params = {}, query = {}, body, as = 'operator', name }: Sent = {}) {
    const path = route.path.replace(/\{(\w+)\}/g, (_, key: string) => params[key] as string);
    const answer = await fetch(`${this.url}${path}?${new URLSearchParams(query).toString()}`, {
      method: route.method,
      headers: { authorization: `Bearer ${await this.token(as, name)}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as ResponseOf<R> & { code?: string; detail?: string } };
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
