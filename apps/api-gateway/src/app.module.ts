import { DynamicModule, Global, Module } from '@nestjs/common';
import { AuthModule } from '@convene/auth/auth.module';
import { purposeKey } from '@convene/auth/purpose-key';
import { EmailCheckModule } from '@convene/email-check/email-check.module';
import { OutboxModule } from '@convene/messaging/outbox/outbox.module';
import { InternalServerModule } from '@convene/observability/internal-server.module';
import { LoadSheddingModule } from '@convene/observability/overload/load-shedding.module';
import { TracingModule } from '@convene/observability/tracing/tracing.module';
import { OperationsModule } from '@convene/operations/operations.module';
import { SessionRevoker } from '@convene/operations/sessions/session-revoker';
import { Database } from '@convene/prisma/database/database';
import { DatabaseModule } from '@convene/prisma/database/database.module';
import { PoolReporter } from '@convene/prisma/database/pool-reporter';
import { FramePublisherModule } from '@convene/realtime/frames.module';
import { RedisModule } from '@convene/redis/redis.module';
import { AccountsModule } from './auth/accounts.module';
import { OPERATOR } from './auth/end-sessions';
import { RevokeSessions } from './auth/revoke-sessions';
import { CompaniesModule } from './companies/companies.module';
import { ENV, type Env, SERVICE } from './env';
import { FriendshipsModule } from './friendships/friendships.module';
import { HealthController } from './health/health.controller';
import { JwksController } from './health/jwks.controller';
import { SecurityTxtController } from './health/security-txt.controller';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { InvitesModule } from './invites/invites.module';
import { LimitsModule } from './limits/limits.module';
import { MeModule } from './me/me.module';
import { PreferencesModule } from './me/preferences/preferences.module';
import { PushSubscriptionsModule } from './me/push-subscriptions/push-subscriptions.module';
import { ModelsModule } from './models/models.module';
import { NotificationsModule } from './notifications/notifications.module';
import { ReadsModule } from './reads/reads.module';
import { IndexController } from './reference/index.controller';
import { ProblemsController } from './reference/problems.controller';
import { ReferenceController } from './reference/reference.controller';

/** A caller has given up by then. */
const STATEMENT_TIMEOUT_MS = 10_000;

const SESSION_REVOKER = {
  provide: SessionRevoker,
  inject: [RevokeSessions],
  useFactory: (revoke: RevokeSessions): SessionRevoker => ({
    revokeAll: (userId) => revoke.execute(userId, 'all', OPERATOR),
  }),
};

@Global()
@Module({})
export class AppModule {
  static forRoot(env: Env): DynamicModule {
    return {
      module: AppModule,
      imports: [
        InternalServerModule.forRoot({ service: SERVICE, port: env.INTERNAL_PORT, host: env.BIND_ADDRESS }),
        TracingModule.forRoot(SERVICE, env),
        DatabaseModule.forRoot({
          databaseUrl: env.DATABASE_URL,
          applicationName: SERVICE,
          statementTimeoutMs: STATEMENT_TIMEOUT_MS,
        }),
        LoadSheddingModule.forRoot({
          maxEventLoopLagMs: env.SHED_EVENT_LOOP_LAG_MS,
          maxPoolWaitMs: env.SHED_POOL_WAIT_MS,
          pool: Database,
        }),
        RedisModule.forRoot(env.REDIS_URL),
        FramePublisherModule.forRoot({ adapter: env.USE_WS_REDIS_ADAPTER }),
        OutboxModule.forRoot({ rabbitmqUrls: env.RABBITMQ_URL, relay: env.OUTBOX_RELAY }),
        AuthModule.forRoot({
          keys: [env.JWT_PRIVATE_KEY, ...(env.JWT_PUBLIC_KEYS ?? [])],
          accessTtlSeconds: env.JWT_ACCESS_TTL,
          secureCookies: env.COOKIE_SECURE,
          issuer: env.JWT_ISSUER,
          audience: env.JWT_AUDIENCE,
        }),
        EmailCheckModule.forRoot({
          disposable: env.EMAIL_CHECK_DISPOSABLE,
          mx: env.EMAIL_CHECK_MX,
          url: env.EMAIL_CHECK_URL,
          timeoutMs: env.EMAIL_CHECK_TIMEOUT_MS,
          secret: purposeKey(env.TOKEN_SECRET[0], 'email-check').toString('hex'),
        }),
        ModelsModule,
        AccountsModule,
        LimitsModule,
        IdempotencyModule,
        ReadsModule,
        CompaniesModule,
        FriendshipsModule,
        InvitesModule,
        MeModule,
        NotificationsModule,
        PreferencesModule,
        PushSubscriptionsModule,
        ...operations(env),
      ],
      controllers: [
        HealthController,
        IndexController,
        JwksController,
        ProblemsController,
        ReferenceController,
        SecurityTxtController,
      ],
      providers: [{ provide: ENV, useValue: env }, PoolReporter, SESSION_REVOKER],
      exports: [ENV, SessionRevoker],
    };
  }
}

/** Off unless its secret is configured. */
function operations(env: Env): DynamicModule[] {
  const { OPS_SECRET: secrets, OPS_PORT: port, BIND_ADDRESS: host } = env;
  if (!secrets) return [];
  const servers = {
    databaseUrl: env.DATABASE_URL,
    readReplicaUrl: env.DATABASE_READ_REPLICA_URL,
    rabbitmqUrls: env.RABBITMQ_URL,
    redisUrl: env.REDIS_URL,
    signingKeyId: env.JWT_PRIVATE_KEY.kid,
  };
  return [OperationsModule.forRoot({ service: SERVICE, port, host, secrets, ...servers })];
}
