import { Module } from '@nestjs/common';
import { CountUnread } from './count-unread';
import { InboxChanges } from './inbox-changes';
import { InboxFrames } from './inbox-frames';
import { ListNotifications } from './list-notifications';
import { NotificationsController } from './notifications.controller';
import { ReadAll } from './read-all';
import { ReadNotification } from './read-notification';
import { SetRead } from './set-read';

@Module({
  controllers: [NotificationsController],
  providers: [CountUnread, InboxChanges, InboxFrames, ListNotifications, ReadAll, ReadNotification, SetRead],
})
export class NotificationsModule {}
