import { z } from 'zod';

export const Email = z.string().trim().toLowerCase().max(254).pipe(z.email());
const Password = z.string().min(10, 'must have at least 10 characters').max(128);
const DisplayName = z.string().trim().min(1).max(80);

export const SignupBody = z.strictObject({ email: Email, password: Password, displayName: DisplayName });
export type SignupBody = z.infer<typeof SignupBody>;

/** `bearer` is for clients without a cookie jar: both tokens come in the body and no cookie is set. */
export const LoginBody = z.strictObject({
  email: Email,
  password: z.string().min(1).max(128),
  transport: z.enum(['cookie', 'bearer']).default('cookie'),
});
export type LoginBody = z.infer<typeof LoginBody>;

export const RefreshBody = z.strictObject({ refreshToken: z.string().max(512).optional() }).default({});
export type RefreshBody = z.infer<typeof RefreshBody>;

export const VerifyEmailBody = z.strictObject({ token: z.string().min(1).max(512) });
export type VerifyEmailBody = z.infer<typeof VerifyEmailBody>;

export interface UserView {
  id: string;
  email: string;
  emailVerified: boolean;
  displayName: string;
  activeCompanyId: string | null;
}

export interface SessionGrant {
  user: UserView;
  sessionId: string;
  /** ISO 8601; when the access token expires. */
  accessExpiresAt: string;
  /** Only with `"transport":"bearer"`. */
  accessToken?: string;
  refreshToken?: string;
}

export interface SessionView {
  id: string;
  current: boolean;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  userAgent: string | null;
}
