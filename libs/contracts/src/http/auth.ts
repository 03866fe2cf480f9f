import { z } from 'zod';
import { isNameable, NAMEABLE } from './plain-text';
import { Id } from './route';

export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email())
  .meta({ description: 'Case-insensitive', format: 'email', examples: ['ana@example.com'] });
export const NewPassword = z
  .string()
  .min(10, 'must have at least 10 characters')
  .max(128)
  .meta({ description: 'At least 10 characters, of any kind', examples: ['a long pass phrase'] });
/** An existing password: of any length, because it is compared and not validated. */
export const Password = z
  .string()
  .min(1)
  .max(128)
  .meta({ examples: ['a long pass phrase'] });
export const DisplayName = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .refine(isNameable, NAMEABLE)
  .meta({ examples: ['Ana'] });
const DeviceToken = z
  .string()
  .max(200)
  .optional()
  .meta({ description: 'The token of the last login of this device, which has its own budget. Default: the cookie' });
const Token = z.string().min(1).max(512).meta({ description: 'The token of the mail' });

export const SignupBody = z
  .strictObject({ email: Email, password: NewPassword, displayName: DisplayName })
  .meta({ id: 'SignupBody' });
export type SignupBody = z.infer<typeof SignupBody>;

/** `bearer` is for clients without a cookie jar: both tokens come in the body and no cookie is set. */
export const LoginBody = z
  .strictObject({
    email: Email,
    password: Password,
    transport: z
      .enum(['cookie', 'bearer'])
      .default('cookie')
      .meta({ description: '`bearer`: both tokens come in the body and no cookie is set' }),
    deviceToken: DeviceToken,
  })
  .meta({ id: 'LoginBody' });
export type LoginBody = z.infer<typeof LoginBody>;

export const RefreshBody = z
  .strictObject({ refreshToken: z.string().max(512).optional().meta({ description: 'Default: the cookie' }) })
  .default({})
  .meta({ id: 'RefreshBody' });
export type RefreshBody = z.infer<typeof RefreshBody>;

export const VerifyEmailBody = z
  .strictObject({
    token: Token,
    password: Password.optional().meta({ description: 'Of the account; not needed in a session of it' }),
  })
  .meta({ id: 'VerifyEmailBody' });
export type VerifyEmailBody = z.infer<typeof VerifyEmailBody>;

export const ForgotPasswordBody = z
  .strictObject({ email: Email, deviceToken: DeviceToken })
  .meta({ id: 'ForgotPasswordBody' });
export type ForgotPasswordBody = z.infer<typeof ForgotPasswordBody>;

export const ResetPasswordBody = z
  .strictObject({ token: Token, password: NewPassword })
  .meta({ id: 'ResetPasswordBody' });
export type ResetPasswordBody = z.infer<typeof ResetPasswordBody>;

export const RestoreEmailBody = z
  .strictObject({ token: Token, password: NewPassword })
  .meta({ id: 'RestoreEmailBody' });
export type RestoreEmailBody = z.infer<typeof RestoreEmailBody>;

export const UserView = z
  .object({
    id: Id,
    email: z.string(),
    emailVerified: z.boolean(),
    displayName: z.string(),
    timeZone: z.string().meta({ description: 'IANA name', examples: ['America/Sao_Paulo'] }),
    activeCompanyId: Id.nullable(),
  })
  .meta({ id: 'User', description: 'The caller’s own account' });
export type UserView = z.infer<typeof UserView>;

export const SessionGrant = z
  .object({
    user: UserView,
    sessionId: Id,
    accessExpiresAt: z.iso.datetime(),
    accessToken: z.string().optional().meta({ description: 'Only with `"transport":"bearer"`' }),
    refreshToken: z.string().optional().meta({ description: 'Only with `"transport":"bearer"`' }),
    deviceToken: z.string().optional().meta({
      description: 'Only of a login with `"transport":"bearer"`. Keep it past the session, for the next login',
    }),
  })
  .meta({ id: 'SessionGrant' });
export type SessionGrant = z.infer<typeof SessionGrant>;

export const SessionView = z
  .object({
    id: Id,
    current: z.boolean().meta({ description: 'Whether it is the session of this call' }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    userAgent: z.string().nullable(),
  })
  .meta({ id: 'Session' });
export type SessionView = z.infer<typeof SessionView>;
