import { AuthModule } from '@convene/auth/auth.module';
import { InternalServerModule } from '@convene/observability/internal-server.module';
import { PrismaModule } from '@convene/prisma/prisma.module';
import { FrameSourceModule } from '@convene/realtime/frame-source.module';
import { RedisModule } from '@convene/realtime/redis.module';
import { DynamicModule, Module } from '@nestjs/common';
import { Arrivals } from './arrivals';
import { Comparator } from './comparator';
import { GATEWAY_ENV, type GatewayEnv } from './env';
import { Authenticate } from './handshake/authenticate';
import { HealthController } from './health.controller';
import { AckWriter } from './inbox/ack-writer';
import { GapFiller } from './inbox/gap-filler';
import { InboxReader } from './inbox/inbox-reader';
import { ResumeInbox } from './inbox/resume-inbox';
import { SerialReads } from './inbox/serial-reads';
import { SnapshotBatcher } from './inbox/snapshot-batcher';
import { InboxGateway } from './messages/inbox.gateway';
import { CompanyRooms } from './rooms/company-rooms';
import { MemberReader } from './rooms/member-reader';
import { RoomFrames } from './rooms/room-frames';
import { Drain } from './sessions/drain';
import { EndedSessions } from './sessions/ended-sessions';
import { KnownTruth } from './sessions/known-truth';
import { LocalUsers } from './sessions/local-users';
import { OpenSession } from './sessions/open-session';
import { SessionGateway } from './sessions/session.gateway';

const HANDSHAKE = [Authenticate, SessionGateway, OpenSession, EndedSessions, Drain, LocalUsers];
const INBOX = [InboxGateway, AckWriter, ResumeInbox, GapFiller, SnapshotBatcher, InboxReader, SerialReads];
const ROOMS = [CompanyRooms, MemberReader, RoomFrames];
const TRUTH = [Arrivals, Comparator, KnownTruth];

@Module({})
export class AppModule {
  static forRoot(env: GatewayEnv): DynamicModule {
    return {
      module: AppModule,
      imports: [
        InternalServerModule.forRoot({ service: 'ws-gateway', port: env.INTERNAL_PORT }),
        PrismaModule.forRoot({ databaseUrl: env.DATABASE_URL, applicationName: 'ws-gateway' }),
        RedisModule.forRoot(env.REDIS_URL),
        FrameSourceModule.forRoot({ adapter: env.USE_WS_REDIS_ADAPTER }),
        AuthModule.forRoot({
          keys: env.JWT_PUBLIC_KEYS,
          accessTtlSeconds: env.JWT_ACCESS_TTL,
          issuer: env.JWT_ISSUER,
          audience: env.JWT_AUDIENCE,
        }),
      ],
      controllers: [HealthController],
      providers: [{ provide: GATEWAY_ENV, useValue: env }, ...HANDSHAKE, ...INBOX, ...ROOMS, ...TRUTH],
    };
  }
}
