import { Module } from '@nestjs/common';
import { MailModule } from '@convene/mail/mail.module';
import { WorkerModule } from '@convene/messaging/worker.module';
import { env, SERVICE } from './env';
import { parseInvitesMessage } from './legacy-invite-message';
import { NotifyInviteeWhenInvited } from './reactions/notify-invitee-when-invited';
import { NotifyInviterWhenAccepted } from './reactions/notify-inviter-when-accepted';
import { NotifyInviterWhenRejected } from './reactions/notify-inviter-when-rejected';
import { SendInvitationMail } from './reactions/send-invitation-mail';

@Module({
  imports: [
    WorkerModule.forRoot({
      service: SERVICE,
      env,
      queues: ['events.invites', 'invites'],
      legacy: { invites: parseInvitesMessage },
    }),
    MailModule.forRoot({ smtpUrl: env.SMTP_URL, dir: env.MAIL_DIR, from: env.MAIL_FROM }),
  ],
  controllers: [NotifyInviteeWhenInvited, NotifyInviterWhenAccepted, NotifyInviterWhenRejected, SendInvitationMail],
})
export class AppModule {}
