import { Module } from '@nestjs/common';
import { EnsurePartitionsJob } from '@convene/jobs/ensure-partitions.job';
import { JobsModule } from '@convene/jobs/jobs.module';
import { MailModule } from '@convene/mail/mail.module';
import { WorkerModule } from '@convene/messaging/worker.module';
import { FrameBusModule } from '@convene/realtime/frame-bus.module';
import { env, SERVICE } from './env';
import { Announce } from './reactions/announce';
import { EmitFrames } from './reactions/emit-frames';
import { SendVerificationMail } from './reactions/send-verification-mail';

@Module({
  imports: [
    WorkerModule.forRoot({ service: SERVICE, env, queues: ['events', 'notifications.realtimes'] }),
    FrameBusModule.forRoot({ adapter: env.USE_WS_REDIS_ADAPTER }),
    JobsModule.register([EnsurePartitionsJob]),
    MailModule.forRoot({ smtpUrl: env.SMTP_URL, dir: env.MAIL_DIR, from: env.MAIL_FROM }),
  ],
  controllers: [Announce, EmitFrames, SendVerificationMail],
})
export class AppModule {}
