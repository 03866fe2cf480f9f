import { NotificationView, Unread } from '../../frames';
import {
  MessageAccepted,
  NotificationsQuery,
  ReadAllView,
  ReplyBody,
  SendMessageBody,
  TimelineView,
  UpdateNotificationBody,
} from '../notifications';
import { pageOf } from '../paging';
import { defineRoute } from '../route';

const tag = 'notifications' as const;

export const ListNotifications = defineRoute('GET /v1/notifications', {
  operationId: 'listNotifications',
  tag,
  summary: "The caller's notifications, newest first",
  query: NotificationsQuery,
  response: pageOf(NotificationView),
  errors: ['CURSOR_INVALID'],
});

export const CountUnread = defineRoute('GET /v1/notifications/unread', {
  operationId: 'countUnread',
  tag,
  summary: 'The number of unread notifications',
  description: 'Cheap to poll: send the ETag in If-None-Match to get 304 while nothing has changed.',
  response: Unread,
});

export const ReadAll = defineRoute('POST /v1/notifications/read-all', {
  operationId: 'readAll',
  tag,
  summary: 'Mark all visible notifications as read',
  status: 200,
  response: ReadAllView,
});

export const ReadNotification = defineRoute('GET /v1/notifications/{id}', {
  operationId: 'readNotification',
  tag,
  summary: 'One notification',
  response: NotificationView,
  errors: ['NOT_FOUND'],
});

export const UpdateNotification = defineRoute('PATCH /v1/notifications/{id}', {
  operationId: 'updateNotification',
  tag,
  summary: 'Read, archive or snooze a notification, or undo it',
  body: UpdateNotificationBody,
  response: NotificationView,
  errors: ['NOT_FOUND'],
});

export const DeleteNotification = defineRoute('DELETE /v1/notifications/{id}', {
  operationId: 'deleteNotification',
  tag,
  summary: 'Delete a notification',
  errors: ['NOT_FOUND'],
});

export const ReadTimeline = defineRoute('GET /v1/notifications/{id}/timeline', {
  operationId: 'readTimeline',
  tag,
  summary: 'The delivery steps of one notification, with reasons',
  response: TimelineView,
  errors: ['NOT_FOUND'],
});

export const SendMessage = defineRoute('POST /v1/notifications', {
  operationId: 'sendMessage',
  tag,
  summary: 'Write to a company, to some of its members, or to friends',
  description:
    'Owners and admins write to their company; every user writes to friends. The answer does not depend on who has blocked ' +
    'the sender or switched messages off.',
  rate: 'message',
  body: SendMessageBody,
  status: 202,
  response: MessageAccepted,
  errors: ['NOT_FOUND', 'FORBIDDEN'],
});

export const Reply = defineRoute('POST /v1/notifications/{id}/replies', {
  operationId: 'reply',
  tag,
  summary: 'Answer a message: its sender gets a notification',
  rate: 'message',
  body: ReplyBody,
  status: 202,
  response: MessageAccepted,
  errors: ['NOT_FOUND', 'REPLY_NOT_POSSIBLE'],
});
