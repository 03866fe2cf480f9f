import { z } from 'zod';
import { NotificationView, Unread } from '../frames';
import { PageQuery } from './paging';
import { isPrintable, PRINTABLE } from './plain-text';
import { Id } from './route';

export const NotificationsQuery = PageQuery.extend({
  state: z
    .enum(['unread', 'read', 'archived', 'snoozed'])
    .optional()
    .meta({ description: 'Without it: all that are neither archived nor snoozed' }),
});
export type NotificationsQuery = z.infer<typeof NotificationsQuery>;

/** Fields that are absent stay unchanged. */
export const UpdateNotificationBody = z
  .strictObject({
    read: z.boolean().optional(),
    archived: z.boolean().optional(),
    snoozedUntil: z.iso
      .datetime({ offset: true })
      .nullable()
      .optional()
      .meta({ description: 'Hidden until then, and unread again afterwards; null ends the snooze' }),
  })
  .meta({ id: 'UpdateNotificationBody' });
export type UpdateNotificationBody = z.infer<typeof UpdateNotificationBody>;

export const ReadAllView = z.object({ changed: z.int(), unread: Unread }).meta({ id: 'ReadAll' });
export type ReadAllView = z.infer<typeof ReadAllView>;

const MessageText = z
  .string()
  .overwrite((text) => text.replace(/\r\n?/g, '\n'))
  .trim()
  .min(1)
  .max(4000)
  .refine(isPrintable, PRINTABLE)
  .meta({ examples: ['Lunch at noon?'] });
const Recipients = z.array(Id).min(1).max(100);

export const SendMessageBody = z
  .union([
    z
      .strictObject({ to: z.literal('company'), companyId: Id, text: MessageText })
      .meta({ description: 'To all of a company, from an owner or admin' }),
    z
      .strictObject({ to: z.literal('members'), companyId: Id, userIds: Recipients, text: MessageText })
      .meta({ description: 'To some members, from an owner or admin' }),
    z.strictObject({ to: z.literal('friends'), userIds: Recipients, text: MessageText }),
  ])
  .meta({ id: 'SendMessageBody' });
export type SendMessageBody = z.infer<typeof SendMessageBody>;

export const ReplyBody = z.strictObject({ text: MessageText }).meta({ id: 'ReplyBody' });
export type ReplyBody = z.infer<typeof ReplyBody>;

export const MessageAccepted = z
  .object({ id: Id.meta({ description: 'Of the message, and of the notification each recipient gets' }) })
  .meta({ id: 'MessageAccepted' });
export type MessageAccepted = z.infer<typeof MessageAccepted>;

export const TimelineStep = z
  .object({
    step: z.enum(['created', 'preference', 'queued', 'sent', 'acknowledged', 'read', 'mailed', 'pushed', 'withheld']),
    at: z.iso.datetime().nullable().meta({ description: 'null when the time is not known' }),
    channel: z.enum(['SOCKET', 'EMAIL', 'WEB_PUSH']).nullable(),
    sockets: z.int().optional().meta({ description: 'Number of sockets it was sent to' }),
    reason: z.string().optional().meta({ description: 'Why, e.g. `muted`, `quiet_hours`, `acknowledged`' }),
  })
  .meta({ id: 'TimelineStep' });
export type TimelineStep = z.infer<typeof TimelineStep>;

export const TimelineView = z
  .object({ notification: NotificationView, steps: z.array(TimelineStep) })
  .meta({ id: 'Timeline', description: 'The delivery steps of one notification, oldest first' });
export type TimelineView = z.infer<typeof TimelineView>;
