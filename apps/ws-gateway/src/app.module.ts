import { DynamicModule, Global, Module } from '@nestjs/common';
import { AuthModule } from '@convene/auth/auth.module';
import { InternalServerModule } from '@convene/observability/internal-server.module';
import { LoadSheddingModule } from '@convene/observability/overload/load-shedding.module';
import { TracingModule } from '@convene/observability/tracing/tracing.module';
import { Database } from '@convene/prisma/database/database';
import { DatabaseModule } from '@convene/prisma/database/database.module';
import { FramePublisherModule, FrameSubscriberModule } from '@convene/realtime/frames.module';
import { RedisModule } from '@convene/redis/redis.module';
import { ClientEventsModule } from './client-events/client-events.module';
import { ConnectionsModule } from './connections/connections.module';
import { ENV, type Env } from './env';
import { FramesModule } from './frames/frames.module';
import { HandshakeModule } from './handshake/handshake.module';
import { HealthController } from './health.controller';
import { InboxModule } from './inbox/inbox.module';
import { LifecycleModule } from './lifecycle/lifecycle.module';
import { LimitsModule } from './limits/limits.module';
import { PresenceModule } from './presence/presence.module';
import { ReconcileModule } from './reconcile/reconcile.module';
import { ReferenceController } from './reference.controller';
import { RoomsModule } from './rooms/rooms.module';

/** A statement that takes longer is cancelled: the client is closed with `retryAfterMs` then. */
const STATEMENT_TIMEOUT_MS = 5_000;

@Global()
@Module({})
export class AppModule {
  static forRoot(env: Env): DynamicModule {
    return {
      module: AppModule,
      imports: [
        InternalServerModule.forRoot({ service: 'ws-gateway', port: env.INTERNAL_PORT, host: env.BIND_ADDRESS }),
        TracingModule.forRoot('ws-gateway', env),
        DatabaseModule.forRoot({
          databaseUrl: env.DATABASE_URL,
          applicationName: 'ws-gateway',
          statementTimeoutMs: STATEMENT_TIMEOUT_MS,
        }),
        LoadSheddingModule.forRoot({
          maxEventLoopLagMs: env.SHED_EVENT_LOOP_LAG_MS,
          maxPoolWaitMs: env.SHED_POOL_WAIT_MS,
          pool: Database,
        }),
        RedisModule.forRoot(env.REDIS_URL),
        FramePublisherModule.forRoot({ adapter: env.USE_WS_REDIS_ADAPTER }),
        FrameSubscriberModule.forRoot({ adapter: env.USE_WS_REDIS_ADAPTER }),
        AuthModule.forRoot({
          keys: env.JWT_PUBLIC_KEYS,
          accessTtlSeconds: env.JWT_ACCESS_TTL,
          secureCookies: env.COOKIE_SECURE,
          issuer: env.JWT_ISSUER,
          audience: env.JWT_AUDIENCE,
          // A connection shows its token once.
          maxCachedTokens: 0,
        }),
        ConnectionsModule,
        HandshakeModule,
        LimitsModule,
        InboxModule,
        PresenceModule,
        RoomsModule,
        ReconcileModule,
        LifecycleModule,
        ClientEventsModule,
        FramesModule,
      ],
      controllers: [HealthController, ReferenceController],
      providers: [{ provide: ENV, useValue: env }],
      exports: [ENV],
    };
  }
}
