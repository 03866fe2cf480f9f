import { AuthModule } from '@convene/auth/auth.module';
import { InternalServerModule } from '@convene/observability/internal-server.module';
import { PrismaModule } from '@convene/prisma/prisma.module';
import { FramePublisherModule, FrameSubscriberModule } from '@convene/realtime/frames.module';
import { Presence } from '@convene/realtime/presence';
import { BatchedRateLimiter } from '@convene/rate-limits/batched-rate-limiter';
import { RateLimiter } from '@convene/rate-limits/rate-limiter';
import { RedisModule } from '@convene/redis/redis.module';
import { DynamicModule, Module } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { FrameRouter } from './frames/frame-router';
import { ReconcileLoop } from './reconcile/reconcile-loop';
import { ENV, type Env } from './env';
import { Admission } from './handshake/admission';
import { Authenticate } from './handshake/authenticate';
import { ClientAddress } from './handshake/client-address';
import { ConnectionCounts } from './handshake/connection-counts';
import { UpgradeGate } from './handshake/upgrade-gate';
import { HealthController } from './health.controller';
import { AckWriter } from './inbox/ack-writer';
import { DeliveryLog } from './connections/delivery-log';
import { GapFiller } from './inbox/gap-filler';
import { InboxReader } from '@convene/inbox/inbox-reader';
import { InboxResumer } from './reconcile/inbox-resumer';
import { ReadsHealth } from './inbox/reads-health';
import { SessionGateway } from './client-events/session.gateway';
import { SnapshotBatcher } from './inbox/snapshot-batcher';
import { UserReads } from './inbox/user-reads';
import { InboundLimits } from './limits/inbound-limits';
import { OutboundLimits } from './limits/outbound-limits';
import { InboxGateway } from './client-events/inbox.gateway';
import { PresenceGateway } from './client-events/presence.gateway';
import { DeviceStates } from './presence/device-states';
import { LocalPresence } from './presence/local-presence';
import { PresenceRenewal } from './presence/presence-renewal';
import { PresencePublisher } from './presence/presence-publisher';
import { PresenceWatches } from './presence/presence-watches';
import { PRESENCE_NODE } from './presence/presence-events';
import { ReferenceController } from './reference.controller';
import { CompanyRooms } from './rooms/company-rooms';
import { MemberReader } from './rooms/member-reader';
import { RoomFrames } from './rooms/room-frames';
import { Drain } from './connections/drain';
import { EndedSessions } from './lifecycle/ended-sessions';
import { InboxReconciler } from './reconcile/inbox-reconciler';
import { ConnectionRegistry } from './connections/connection-registry';
import { OpenConnection } from './lifecycle/open-connection';
import { ConnectionTraffic } from './connections/connection-traffic';
import { SessionRenewal } from './lifecycle/session-renewal';
import { ConnectionGateway } from './lifecycle/connection.gateway';

/** A client that connects does not wait longer: it is sent away, and told when to come back. */
const STATEMENT_TIMEOUT_MS = 5_000;

const LIMITS = [RateLimiter, BatchedRateLimiter, InboundLimits, OutboundLimits];
const HANDSHAKE = [UpgradeGate, Admission, ConnectionCounts, ClientAddress, Authenticate];
const SESSIONS = [
  ...[ConnectionGateway, SessionGateway, OpenConnection, SessionRenewal, ConnectionTraffic],
  ...[EndedSessions, Drain, ConnectionRegistry],
];
const INBOX = [
  InboxGateway,
  AckWriter,
  DeliveryLog,
  InboxResumer,
  GapFiller,
  SnapshotBatcher,
  InboxReader,
  UserReads,
  ReadsHealth,
];
const ROOMS = [CompanyRooms, MemberReader, RoomFrames];
const TRUTH = [FrameRouter, ReconcileLoop, InboxReconciler];
const PRESENCE = [
  { provide: PRESENCE_NODE, useFactory: () => randomUUID() },
  ...[PresenceGateway, LocalPresence, DeviceStates, PresencePublisher, PresenceRenewal, PresenceWatches, Presence],
];

@Module({})
export class AppModule {
  static forRoot(env: Env): DynamicModule {
    return {
      module: AppModule,
      imports: [
        InternalServerModule.forRoot({ service: 'ws-gateway', port: env.INTERNAL_PORT, host: env.BIND_ADDRESS }),
        PrismaModule.forRoot({
          databaseUrl: env.DATABASE_URL,
          applicationName: 'ws-gateway',
          statementTimeoutMs: STATEMENT_TIMEOUT_MS,
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
      ],
      controllers: [HealthController, ReferenceController],
      providers: [
        { provide: ENV, useValue: env },
        ...LIMITS,
        ...HANDSHAKE,
        ...SESSIONS,
        ...INBOX,
        ...ROOMS,
        ...TRUTH,
        ...PRESENCE,
      ],
    };
  }
}
