import { SIGNER_ENV } from '@convene/auth/auth-env';
import type { EnvOf } from '@convene/config/env';
import { baseEnv, commaList, flag, integer, port } from '@convene/config/fields';
import { MAIL_ENV } from '@convene/mail/mail-env';

export const API_ENV = {
  ...baseEnv(4100),
  ...SIGNER_ENV,
  API_PORT: port(4000),
  REFRESH_TTL: integer(2_592_000, 60, 31_536_000),
  OUTBOX_RELAY: flag(true),
  API_CORS_ORIGIN: commaList().describe('expected origins such as https://app.example.com, separated by commas'),
  COOKIE_SECURE: flag(process.env.NODE_ENV === 'production'),
  PUBLIC_URL: MAIL_ENV.PUBLIC_URL,
};

export type ApiEnv = EnvOf<typeof API_ENV>;

/** The environment, for whoever injects it. */
export const ENV = Symbol('ApiEnv');
