import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/http/routes/me';
import { Call, type RouteCall } from '@convene/http/route-call';
import { Handles } from '../../idempotency/handles';
import { AddPushSubscription } from './add-push-subscription';
import { ListPushSubscriptions } from './list-push-subscriptions';
import { RemovePushSubscription } from './remove-push-subscription';

@Controller()
export class PushSubscriptionsController {
  constructor(
    private readonly listSubscriptions: ListPushSubscriptions,
    private readonly addSubscription: AddPushSubscription,
    private readonly removeSubscription: RemovePushSubscription,
  ) {}

  @Handles(routes.ListPushSubscriptions)
  list(@Call() { caller }: RouteCall<typeof routes.ListPushSubscriptions>) {
    return this.listSubscriptions.execute(caller.userId);
  }

  @Handles(routes.AddPushSubscription)
  add(@Call() { caller, body }: RouteCall<typeof routes.AddPushSubscription>) {
    return this.addSubscription.execute(caller, body);
  }

  @Handles(routes.RemovePushSubscription)
  remove(@Call() { caller, body }: RouteCall<typeof routes.RemovePushSubscription>) {
    return this.removeSubscription.execute(caller.userId, body);
  }
}
