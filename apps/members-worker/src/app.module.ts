import { DynamicModule, Module } from '@nestjs/common';
import { queuesOf } from '@convene/messaging/topology/queues';
import { WorkerModule } from '@convene/messaging/worker.module';
import { type Env, SERVICE } from './env';
import { NotifyAllConcernedWhenMemberRemoved } from './reactions/notify-all-concerned-when-member-removed';
import { NotifyAllConcernedWhenOwnershipTransferred } from './reactions/notify-all-concerned-when-ownership-transferred';
import { NotifyManagersWhenMemberJoined } from './reactions/notify-managers-when-member-joined';
import { NotifyManagersWhenMemberLeft } from './reactions/notify-managers-when-member-left';
import { NotifyMemberWhenRoleUpdated } from './reactions/notify-member-when-role-updated';

@Module({})
export class AppModule {
  static forRoot(env: Env): DynamicModule {
    return {
      module: AppModule,
      imports: [WorkerModule.forRoot({ service: SERVICE, env, queues: queuesOf(SERVICE) })],
      controllers: [
        NotifyAllConcernedWhenMemberRemoved,
        NotifyAllConcernedWhenOwnershipTransferred,
        NotifyManagersWhenMemberJoined,
        NotifyManagersWhenMemberLeft,
        NotifyMemberWhenRoleUpdated,
      ],
    };
  }
}
