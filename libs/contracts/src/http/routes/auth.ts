import {
  ForgotPasswordBody,
  LoginBody,
  RefreshBody,
  ResetPasswordBody,
  RestoreEmailBody,
  SessionGrant,
  SessionView,
  SignupBody,
  UserView,
  VerifyEmailBody,
} from '../auth';
import { pageOf } from '../paging';
import { defineRoute } from '../route';

const tag = 'auth' as const;

export const Signup = defineRoute('POST /v1/auth/signup', {
  operationId: 'signup',
  tag,
  summary: 'Create an account',
  description:
    'The answer is the same, and takes as long, when the address has an account already: its owner gets a mail, and ' +
    'the answer then contains an account that does not exist.',
  access: 'public',
  rate: 'signup',
  body: SignupBody,
  response: UserView,
  errors: ['EMAIL_UNDELIVERABLE', 'PASSWORD_EASY_TO_GUESS'],
});

export const Login = defineRoute('POST /v1/auth/login', {
  operationId: 'login',
  tag,
  credential: true,
  summary: 'Begin a session on this device',
  access: 'public',
  rate: 'login',
  body: LoginBody,
  status: 200,
  response: SessionGrant,
  errors: ['INVALID_CREDENTIALS'],
});

export const Refresh = defineRoute('POST /v1/auth/refresh', {
  operationId: 'refreshSession',
  tag,
  credential: true,
  summary: 'Exchange the refresh token for new tokens',
  description:
    'A refresh token is valid once. For 10 seconds after its use it yields its successor again, unless the successor was ' +
    'used too, so tabs that refresh at once all stay logged in. Any other second use ends the session.',
  access: 'public',
  rate: 'refresh',
  body: RefreshBody,
  status: 200,
  response: SessionGrant,
  errors: ['REFRESH_INVALID', 'SESSION_REVOKED'],
});

export const Logout = defineRoute('POST /v1/auth/logout', {
  operationId: 'logout',
  tag,
  credential: true,
  summary: 'End this session',
  description: 'The refresh token (cookie or body) identifies it or, without one, the access token.',
  access: 'optional',
  body: RefreshBody,
  errors: ['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'SESSION_REVOKED'],
});

export const LogoutAll = defineRoute('POST /v1/auth/logout-all', {
  operationId: 'logoutAll',
  tag,
  credential: true,
  summary: 'End all sessions of the caller, on every device',
});

export const VerifyEmail = defineRoute('POST /v1/auth/verify-email', {
  operationId: 'verifyEmail',
  tag,
  credential: true,
  summary: 'Prove an address with the token from its mail',
  description:
    'The address of the signup, or the new one of `POST /v1/me/email`. The token proves the mailbox, not the account, so the ' +
    'call needs a session of the account or its password, and is refused with `PASSWORD_REQUIRED` otherwise. A new address ' +
    'ends all other sessions and links, and its predecessor gets a mail with a way back (`POST /v1/auth/email/restore`).',
  access: 'optional',
  rate: 'login',
  body: VerifyEmailBody,
  status: 200,
  response: UserView,
  errors: ['TOKEN_INVALID', 'PASSWORD_REQUIRED', 'PASSWORD_WRONG', 'TOKEN_EXPIRED', 'SESSION_REVOKED'],
});

export const ResendVerification = defineRoute('POST /v1/auth/verify-email/resend', {
  operationId: 'resendVerification',
  tag,
  summary: 'Send the verification mail again',
  description: 'The previous link ends. Without effect when the address is verified.',
  rate: 'mail',
  status: 202,
});

export const ForgotPassword = defineRoute('POST /v1/auth/password/forgot', {
  operationId: 'forgotPassword',
  tag,
  summary: 'Request a mail that resets the password',
  description: 'The same answer, after the same time, whether or not the address has an account.',
  credential: true,
  access: 'public',
  rate: 'mail',
  body: ForgotPasswordBody,
  status: 202,
});

export const ResetPassword = defineRoute('POST /v1/auth/password/reset', {
  operationId: 'resetPassword',
  tag,
  credential: true,
  summary: 'Set a new password with the token from the mail',
  description:
    'Ends all sessions and all other links in mails (except those that give a former address its account back), verifies ' +
    'the address, and sends it a mail.',
  access: 'public',
  rate: 'login',
  body: ResetPasswordBody,
  errors: ['TOKEN_INVALID', 'PASSWORD_EASY_TO_GUESS'],
});

export const RestoreEmail = defineRoute('POST /v1/auth/email/restore', {
  operationId: 'restoreEmail',
  tag,
  credential: true,
  summary: 'Give an account its former address back, with the token from the mail to it',
  description:
    'For 7 days after a change of address. Undoes that change and all later ones, sets a new password, and ends all sessions ' +
    'and links. `EMAIL_IN_USE`: another account has the address by now; the token stays valid.',
  access: 'public',
  rate: 'login',
  body: RestoreEmailBody,
  errors: ['TOKEN_INVALID', 'EMAIL_IN_USE', 'PASSWORD_EASY_TO_GUESS'],
});

export const ListSessions = defineRoute('GET /v1/auth/sessions', {
  operationId: 'listSessions',
  tag,
  summary: 'The active sessions of the caller, newest first',
  response: pageOf(SessionView),
});

export const RevokeSession = defineRoute('DELETE /v1/auth/sessions/{id}', {
  operationId: 'revokeSession',
  tag,
  summary: 'End one session',
  errors: ['NOT_FOUND'],
});
