import { Module } from '@nestjs/common';
import { WorkerModule } from '@convene/messaging/worker.module';
import { env, SERVICE } from './env';
import { NotifyManagersWhenMemberJoined } from './reactions/notify-managers-when-member-joined';

@Module({
  imports: [WorkerModule.forRoot({ service: SERVICE, env, queues: ['events.members'] })],
  controllers: [NotifyManagersWhenMemberJoined],
})
export class AppModule {}
