import { SIGNER_ENV } from '@convene/auth/auth-env';
import type { EnvOf } from '@convene/config/env';
import { baseEnv, commaList, databaseUrl, flag, integer, port, REDIS_ENV } from '@convene/config/fields';
import { EMAIL_CHECK_ENV } from '@convene/email-check/email-check-env';
import { HTTP_ENV } from '@convene/http/http-env';
import { MAIL_ENV } from '@convene/mail/mail-env';
import { OPERATIONS_ENV } from '@convene/operations/operations-env';
import { PUSH_SUBSCRIPTION_ENV } from '@convene/web-push/web-push-env';
import { SECURITY_TXT_ENV } from './health/security-txt-env';

export const SERVICE = 'api-gateway';

export const envShape = {
  ...baseEnv(4100),
  ...REDIS_ENV,
  ...SIGNER_ENV,
  DATABASE_READ_REPLICA_URL: databaseUrl.optional(),
  ...EMAIL_CHECK_ENV,
  API_PORT: port(4000),
  /** Seconds that a session lasts without being used. */
  REFRESH_TTL: integer(2_592_000, 60, 31_536_000),
  /** Seconds that a session lasts however much it is used. */
  SESSION_MAX_LIFETIME: integer(7_776_000, 60, 315_360_000),
  /** Beyond it, a login ends the session that was used least recently. */
  MAX_SESSIONS_PER_USER: integer(50, 1, 10_000),
  OUTBOX_RELAY: flag(true),
  API_CORS_ORIGIN: commaList().describe('expected origins such as https://app.example.com, separated by commas'),
  /** Multiplies every budget of requests; 0 switches the limits off. */
  RATE_LIMIT_SCALE: integer(1, 0, 1_000_000),
  ...HTTP_ENV,
  API_MAX_CONNECTIONS: integer(10_000, 1, 1_000_000),
  /** Those of a proxy that TRUST_PROXY names are not counted. */
  API_MAX_CONNECTIONS_PER_ADDRESS: integer(1_000, 1, 1_000_000),
  INVITE_TTL_DAYS: integer(7, 1, 365),
  MAX_MEMBERS_PER_COMPANY: integer(10_000, 1, 1_000_000),
  MAX_PENDING_INVITES_PER_COMPANY: integer(1_000, 1, 100_000),
  PUBLIC_URL: MAIL_ENV.PUBLIC_URL,
  ...PUSH_SUBSCRIPTION_ENV,
  ...SECURITY_TXT_ENV,
  ...OPERATIONS_ENV,
};

export type Env = EnvOf<typeof envShape>;

export const ENV = Symbol('ENV');
