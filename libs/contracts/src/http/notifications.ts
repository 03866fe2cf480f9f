import { z } from 'zod';
import { PageQuery } from './paging';

export const NotificationsQuery = PageQuery.extend({ state: z.enum(['unread', 'read']).optional() });
export type NotificationsQuery = z.infer<typeof NotificationsQuery>;

export const UpdateNotificationBody = z.strictObject({ read: z.boolean() });
export type UpdateNotificationBody = z.infer<typeof UpdateNotificationBody>;
