import { Module } from '@nestjs/common';
import { AddPushSubscription } from './add-push-subscription';
import { ListPushSubscriptions } from './list-push-subscriptions';
import { PushSubscriptionsController } from './push-subscriptions.controller';
import { RemovePushSubscription } from './remove-push-subscription';

@Module({
  controllers: [PushSubscriptionsController],
  providers: [AddPushSubscription, ListPushSubscriptions, RemovePushSubscription],
})
export class PushSubscriptionsModule {}
