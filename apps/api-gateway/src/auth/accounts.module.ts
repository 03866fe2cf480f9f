import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessTokenSigner } from '@convene/auth/access-token-signer';
import { DerivedTokens } from '@convene/auth/derived-token';
import { Passwords } from '@convene/auth/passwords';
import { purposeKey } from '@convene/auth/purpose-key';
import { SecurityLog } from '@convene/observability/security-log';
import { ENV, type Env, SERVICE } from '../env';
import { AuthController } from './auth.controller';
import { AuthGuard } from './auth.guard';
import { ForgotPassword } from './forgot-password';
import { FormerAddresses } from './former-addresses';
import { KnownDevices } from './known-devices';
import { ListSessions } from './list-sessions';
import { Login } from './login';
import { Logout } from './logout';
import { MailLinks } from './mail-links';
import { PasswordRules } from './password-rules';
import { ProveOwner } from './prove-owner';
import { RefreshSession } from './refresh-session';
import { RequirePassword } from './require-password';
import { ResendVerification } from './resend-verification';
import { ResetPassword } from './reset-password';
import { RestoreEmail } from './restore-email';
import { RevokeSessions } from './revoke-sessions';
import { SessionGrants } from './session-grants';
import { SessionTransport } from './session-transport';
import { SessionsController } from './sessions.controller';
import { Signup } from './signup';
import { VerifyEmail } from './verify-email';

const TOKENS = [
  {
    provide: AccessTokenSigner,
    inject: [ENV],
    useFactory: (env: Env) =>
      new AccessTokenSigner({
        key: env.JWT_PRIVATE_KEY,
        ttlSeconds: env.JWT_ACCESS_TTL,
        issuer: env.JWT_ISSUER,
        audience: env.JWT_AUDIENCE,
      }),
  },
  { provide: DerivedTokens, inject: [ENV], useFactory: (env: Env) => new DerivedTokens(env.TOKEN_SECRET) },
  {
    provide: SecurityLog,
    inject: [ENV],
    useFactory: ({ TOKEN_SECRET: [secret] }: Env) =>
      new SecurityLog({ service: SERVICE, key: purposeKey(secret, 'security-log') }),
  },
  Passwords,
  PasswordRules,
];
const ACCOUNTS = [Signup, VerifyEmail, ResendVerification, ForgotPassword, ResetPassword, RestoreEmail];
const PROOFS = [MailLinks, FormerAddresses, ProveOwner, RequirePassword];
const SESSIONS = [
  Login,
  RefreshSession,
  Logout,
  RevokeSessions,
  ListSessions,
  SessionGrants,
  SessionTransport,
  KnownDevices,
];

@Global()
@Module({
  controllers: [AuthController, SessionsController],
  providers: [
    ...TOKENS,
    ...ACCOUNTS,
    ...PROOFS,
    ...SESSIONS,
    AuthGuard,
    { provide: APP_GUARD, useExisting: AuthGuard },
  ],
  exports: [
    AuthGuard,
    DerivedTokens,
    PasswordRules,
    Passwords,
    SecurityLog,
    MailLinks,
    RequirePassword,
    RevokeSessions,
    SessionTransport,
    KnownDevices,
  ],
})
export class AccountsModule {}
