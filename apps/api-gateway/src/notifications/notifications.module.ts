import { Module } from '@nestjs/common';
import { InboxChanges } from '@convene/inbox/inbox-changes';
import { CountUnread } from './count-unread';
import { DeleteNotification } from './delete-notification';
import { InboxFrames } from './inbox-frames';
import { ListNotifications } from './list-notifications';
import { MessagesController } from './messages.controller';
import { NotificationsController } from './notifications.controller';
import { ReadAll } from './read-all';
import { ReadNotification } from './read-notification';
import { ReadTimeline } from './read-timeline';
import { Reply } from './reply';
import { SendMessage } from './send-message';
import { UpdateNotification } from './update-notification';

@Module({
  controllers: [MessagesController, NotificationsController],
  providers: [
    CountUnread,
    DeleteNotification,
    InboxChanges,
    InboxFrames,
    ListNotifications,
    ReadAll,
    ReadNotification,
    ReadTimeline,
    Reply,
    SendMessage,
    UpdateNotification,
  ],
})
export class NotificationsModule {}
