import { z } from 'zod';

/**
 * What a notification can say. The API speaks codes and parameters; the texts for people are the client's business.
 * Names in `params` are people's own words as they were when the event happened.
 */
export const NOTIFICATION_PARAMS = {
  INVITE_RECEIVED: z.object({ inviteId: z.uuid(), companyName: z.string(), inviterName: z.string() }),
  INVITE_ACCEPTED: z.object({ inviteId: z.uuid(), companyName: z.string(), inviteeName: z.string() }),
  INVITE_REJECTED: z.object({ inviteId: z.uuid(), companyName: z.string(), inviteeName: z.string() }),
  MEMBER_JOINED: z.object({ companyName: z.string(), userId: z.uuid(), userName: z.string() }),
} as const;

export type NotificationCode = keyof typeof NOTIFICATION_PARAMS;
export type NotificationParams<Code extends NotificationCode> = z.infer<(typeof NOTIFICATION_PARAMS)[Code]>;

export const NotificationCode = z.enum(Object.keys(NOTIFICATION_PARAMS) as [NotificationCode, ...NotificationCode[]]);
