import { DynamicModule, Module } from '@nestjs/common';
import { JobsModule } from '@convene/jobs/jobs.module';
import { MailModule } from '@convene/mail/mail.module';
import { OutboxModule } from '@convene/messaging/outbox/outbox.module';
import { queuesOf } from '@convene/messaging/topology/queues';
import { WorkerModule } from '@convene/messaging/worker.module';
import { ENV, type Env, SERVICE } from './env';
import { ExpireInvitesJob } from './jobs/expire-invites.job';
import { InvitesMessageParser } from './legacy-invite-message';
import { NotifyInviteeWhenInvited } from './reactions/notify-invitee-when-invited';
import { NotifyInviteeWhenResent } from './reactions/notify-invitee-when-resent';
import { NotifyInviteeWhenRevoked } from './reactions/notify-invitee-when-revoked';
import { NotifyInviterWhenAccepted } from './reactions/notify-inviter-when-accepted';
import { NotifyInviterWhenExpired } from './reactions/notify-inviter-when-expired';
import { NotifyInviterWhenRejected } from './reactions/notify-inviter-when-rejected';
import { SendInvitationMail } from './reactions/send-invitation-mail';

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
          legacy: { invites: InvitesMessageParser },
        }),
        // The relays of the api-gateways publish the events that this process writes.
        OutboxModule.forRoot({ rabbitmqUrls: env.RABBITMQ_URL, relay: false }),
        JobsModule.register([ExpireInvitesJob]),
        MailModule.forRoot({ smtpUrl: env.SMTP_URL, dir: env.MAIL_DIR, from: env.MAIL_FROM }),
      ],
      controllers: [
        NotifyInviteeWhenInvited,
        NotifyInviteeWhenResent,
        NotifyInviteeWhenRevoked,
        NotifyInviterWhenAccepted,
        NotifyInviterWhenExpired,
        NotifyInviterWhenRejected,
        SendInvitationMail,
      ],
      providers: [{ provide: ENV, useValue: env }],
    };
  }
}
