import { z } from 'zod';
import { NotificationView } from '../frames';
import { Channel, NotificationCode } from '../notification-codes';
import { DisplayName, Email, NewPassword, Password, UserView } from './auth';
import { CompanyView, JoinRequestView } from './companies';
import { FriendshipView } from './friendships';
import { InviteView } from './invites';
import { Id } from './route';

/** Three-letter names and offsets mean different zones to browsers and PostgreSQL; one name only browsers know. */
const NAMED_ZONE = /^(?!us\/pacific-new$)(utc|[a-z_]+(\/[a-z0-9_+-]+)+)$/i;

const isTimeZone = (name: string) => {
  try {
    return NAMED_ZONE.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
};
const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be an IANA time zone such as Europe/Lisbon')
  .meta({ examples: ['Europe/Lisbon'] });

export const UpdateMeBody = z
  .strictObject({ displayName: DisplayName.optional(), timeZone: TimeZone.optional() })
  .meta({ id: 'UpdateMeBody' });
export type UpdateMeBody = z.infer<typeof UpdateMeBody>;

/** The password again, for actions that cannot be undone. */
export const DeleteMeBody = z.strictObject({ password: Password }).meta({ id: 'DeleteMeBody' });
export type DeleteMeBody = z.infer<typeof DeleteMeBody>;

export const ChangePasswordBody = z
  .strictObject({ currentPassword: Password, newPassword: NewPassword })
  .meta({ id: 'ChangePasswordBody' });
export type ChangePasswordBody = z.infer<typeof ChangePasswordBody>;

export const ChangeEmailBody = z.strictObject({ email: Email, password: Password }).meta({ id: 'ChangeEmailBody' });
export type ChangeEmailBody = z.infer<typeof ChangeEmailBody>;

export const ActiveCompanyBody = z.strictObject({ companyId: Id.nullable() }).meta({ id: 'ActiveCompanyBody' });
export type ActiveCompanyBody = z.infer<typeof ActiveCompanyBody>;

const Minute = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:30')
  .meta({ examples: ['22:30'] });
export const QuietHours = z.strictObject({ from: Minute, to: Minute }).meta({
  id: 'QuietHours',
  description: "In the user's time zone; may pass midnight. `from` = `to` is the whole day",
});
export type QuietHours = z.infer<typeof QuietHours>;

const Choice = z.strictObject({ code: NotificationCode, channel: Channel, enabled: z.boolean() });

/** Fields that are absent stay unchanged. */
export const UpdatePreferencesBody = z
  .strictObject({
    choices: z.array(Choice).max(200).optional(),
    quietHours: QuietHours.nullable().optional().meta({ description: 'null switches them off' }),
  })
  .meta({ id: 'UpdatePreferencesBody' });
export type UpdatePreferencesBody = z.infer<typeof UpdatePreferencesBody>;

export const PreferencesView = z
  .object({
    choices: z.array(Choice.extend({ fixed: z.boolean().meta({ description: 'Cannot be switched off' }) })),
    quietHours: QuietHours.nullable(),
    timeZone: z.string(),
  })
  .meta({ id: 'Preferences', description: 'Every type and channel, chosen or default' });
export type PreferencesView = z.infer<typeof PreferencesView>;

/** As browsers write it. */
const Endpoint = z
  .string()
  .max(1000)
  .regex(/^[\x21-\x7e]+$/, 'must be a URL')
  .meta({ example: 'https://push.services.mozilla.com/wpush/v2/abc' });

/** As the browser's `PushSubscription.toJSON()` gives it. */
export const PushSubscriptionBody = z
  .object({
    endpoint: Endpoint.pipe(z.url({ protocol: /^https$/ })),
    keys: z.object({
      p256dh: z.string().regex(/^[\w-]{80,100}=*$/, 'must be an uncompressed P-256 point in base64url'),
      auth: z.string().regex(/^[\w-]{20,30}=*$/, 'must be 16 bytes in base64url'),
    }),
  })
  .meta({ id: 'PushSubscriptionBody', description: '`PushSubscription.toJSON()` of the browser' });
export type PushSubscriptionBody = z.infer<typeof PushSubscriptionBody>;

export const PushSubscriptionView = z
  .object({ id: Id, endpoint: z.string(), createdAt: z.iso.datetime() })
  .meta({ id: 'PushSubscription' });
export type PushSubscriptionView = z.infer<typeof PushSubscriptionView>;

export const PushSubscriptionsView = z
  .object({
    data: z.array(PushSubscriptionView),
    applicationServerKey: z
      .string()
      .nullable()
      .meta({ description: "VAPID public key for the browser's `subscribe`; null where web push is not configured" }),
  })
  .meta({ id: 'PushSubscriptions' });
export type PushSubscriptionsView = z.infer<typeof PushSubscriptionsView>;

/** By id or, from a service worker that knows nothing else, by endpoint. */
export const RemovePushSubscriptionBody = z
  .union([z.strictObject({ id: Id }), z.strictObject({ endpoint: Endpoint })])
  .meta({ id: 'RemovePushSubscriptionBody' });
export type RemovePushSubscriptionBody = z.infer<typeof RemovePushSubscriptionBody>;

export const ExportView = z
  .object({
    exportedAt: z.iso.datetime(),
    user: UserView.extend({ createdAt: z.iso.datetime() }),
    sessions: z.array(
      z.object({ id: Id, createdAt: z.iso.datetime(), lastUsedAt: z.iso.datetime(), userAgent: z.string().nullable() }),
    ),
    companies: z.array(CompanyView),
    invitesSent: z.array(InviteView),
    invitesReceived: z.array(InviteView),
    formerAddresses: z
      .array(z.object({ email: z.string(), changedAt: z.iso.datetime() }))
      .meta({ description: 'Of the last 7 days' }),
    joinRequests: z.array(JoinRequestView),
    friendships: z.array(FriendshipView),
    blocked: z.array(Id),
    preferences: PreferencesView,
    pushSubscriptions: z.array(PushSubscriptionView),
    notifications: z.array(NotificationView).meta({ description: 'The newest 10,000' }),
    activity: z
      .array(z.object({ id: Id, type: z.string(), companyId: Id.nullable(), occurredAt: z.iso.datetime() }))
      .meta({ description: 'Events caused by the user, the newest 10,000' }),
    messages: z
      .array(z.object({ id: Id, companyId: Id.nullable(), occurredAt: z.iso.datetime(), text: z.string() }))
      .meta({ description: 'Messages of the user among these events' }),
  })
  .meta({ id: 'Export', description: 'All data stored about a user' });
export type ExportView = z.infer<typeof ExportView>;
