import { DynamicModule, Module } from '@nestjs/common';
import { Erasure } from '@convene/erasure/erasure';
import { EnsurePartitionsJob } from '@convene/jobs/ensure-partitions.job';
import { JobsModule } from '@convene/jobs/jobs.module';
import { PartitionsAhead } from '@convene/jobs/partitions-ahead';
import { PurgeIdempotencyKeysJob } from '@convene/jobs/purge-idempotency-keys.job';
import { MailModule } from '@convene/mail/mail.module';
import { queuesOf } from '@convene/messaging/topology/queues';
import { WorkerModule } from '@convene/messaging/worker.module';
import { FramePublisherModule } from '@convene/realtime/frames.module';
import { RedisModule } from '@convene/redis/redis.module';
import { PUSHES_IN_WORK } from '@convene/web-push/web-push';
import { ENV, type Env, SERVICE } from './env';
import { DropExpiredPartitionsJob } from './jobs/drop-expired-partitions.job';
import { PurgeDecidedJob } from './jobs/purge-decided.job';
import { PurgeFormerAddressesJob } from './jobs/purge-former-addresses.job';
import { PurgeMailTokensJob } from './jobs/purge-mail-tokens.job';
import { PurgePushSubscriptionsJob } from './jobs/purge-push-subscriptions.job';
import { PurgeSessionsJob } from './jobs/purge-sessions.job';
import { PurgeSweepsJob } from './jobs/purge-sweeps.job';
import { ReachOfflineJob } from './jobs/reach-offline.job';
import { WakeSnoozedJob } from './jobs/wake-snoozed.job';
import { FailingSubscriptions } from './offline/failing-subscriptions';
import { OfflineModule } from './offline/offline.module';
import { EmitFrames } from './reactions/emit-frames';
import { ErasePersonalData } from './reactions/erase-personal-data';
import { NotifyAddresseeWhenFriendshipRequested } from './reactions/notify-addressee-when-friendship-requested';
import { NotifyAudienceWhenMessageSent } from './reactions/notify-audience-when-message-sent';
import { NotifyManagersWhenJoinRequested } from './reactions/notify-managers-when-join-requested';
import { NotifyMembersWhenCompanyDeleted } from './reactions/notify-members-when-company-deleted';
import { NotifyRequesterWhenFriendshipAccepted } from './reactions/notify-requester-when-friendship-accepted';
import { NotifyRequesterWhenJoinDecided } from './reactions/notify-requester-when-join-decided';
import { NotifySenderWhenReplied } from './reactions/notify-sender-when-replied';
import { SendAccountMail } from './reactions/send-account-mail';
import { SendDigestMail } from './reactions/send-digest-mail';
import { SendSecurityMail } from './reactions/send-security-mail';
import { SendVerificationMail } from './reactions/send-verification-mail';
import { SendWebPush } from './reactions/send-web-push';
import { CHUNKS_IN_WORK, WriteAudienceChunk } from './reactions/write-audience-chunk';
import { RetentionModule } from './retention/retention.module';

const FRIENDSHIPS = [NotifyAddresseeWhenFriendshipRequested, NotifyRequesterWhenFriendshipAccepted];
const ACCOUNTS = [ErasePersonalData, SendAccountMail, SendSecurityMail, SendVerificationMail];
const COMPANIES = [NotifyManagersWhenJoinRequested, NotifyMembersWhenCompanyDeleted, NotifyRequesterWhenJoinDecided];
const OFFLINE = [SendDigestMail, SendWebPush];
const MESSAGES = [NotifyAudienceWhenMessageSent, NotifySenderWhenReplied, WriteAudienceChunk];

@Module({})
export class AppModule {
  static forRoot(env: Env): DynamicModule {
    return {
      module: AppModule,
      imports: [
        WorkerModule.forRoot({
          service: SERVICE,
          env,
          queues: queuesOf(SERVICE),
          prefetchOf: { audiences: CHUNKS_IN_WORK, 'effects.pushes': PUSHES_IN_WORK },
        }),
        RedisModule.forRoot(env.REDIS_URL),
        FramePublisherModule.forRoot({ adapter: env.USE_WS_REDIS_ADAPTER }),
        RetentionModule.forRoot(
          {
            eventsMonths: env.EVENTS_RETENTION_MONTHS,
            notificationsMonths: env.NOTIFICATIONS_RETENTION_MONTHS,
            stepsMonths: env.NOTIFICATION_STEPS_RETENTION_MONTHS,
          },
          { sessionsDays: env.ENDED_SESSIONS_RETENTION_DAYS, decidedDays: env.DECIDED_INVITES_RETENTION_DAYS },
        ),
        JobsModule.register([
          DropExpiredPartitionsJob,
          EnsurePartitionsJob,
          PurgeDecidedJob,
          PurgeFormerAddressesJob,
          PurgeIdempotencyKeysJob,
          PurgeMailTokensJob,
          PurgePushSubscriptionsJob,
          PurgeSessionsJob,
          PurgeSweepsJob,
          ReachOfflineJob,
          WakeSnoozedJob,
        ]),
        OfflineModule.forRoot(
          {
            publicUrl: env.PUBLIC_URL,
            pushAfterMs: env.PUSH_AFTER_MS,
            digestAfterMs: env.DIGEST_AFTER_MS,
            digestEveryMs: env.DIGEST_EVERY_MS,
          },
          {
            publicKey: env.VAPID_PUBLIC_KEY,
            privateKey: env.VAPID_PRIVATE_KEY,
            subject: env.VAPID_SUBJECT,
            allowAny: env.WEB_PUSH_ALLOW_ANY,
            allowedHosts: env.WEB_PUSH_ALLOWED_HOSTS,
          },
        ),
        MailModule.forRoot({ smtpUrl: env.SMTP_URL, dir: env.MAIL_DIR, from: env.MAIL_FROM }),
      ],
      controllers: [EmitFrames, ...ACCOUNTS, ...COMPANIES, ...FRIENDSHIPS, ...MESSAGES, ...OFFLINE],
      providers: [{ provide: ENV, useValue: env }, Erasure, FailingSubscriptions, PartitionsAhead],
    };
  }
}
