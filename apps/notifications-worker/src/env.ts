import type { EnvOf } from '@convene/config/env';
import { REDIS_ENV, secrets, workerEnv } from '@convene/config/fields';
import { MAIL_ENV } from '@convene/mail/mail-env';
import { WEB_PUSH_ENV } from '@convene/web-push/web-push-env';
import { OFFLINE_ENV } from './offline/offline-options';
import { RETENTION_ENV } from './retention/retention-env';

export const SERVICE = 'notifications-worker';

export const envShape = {
  ...workerEnv(4104),
  ...REDIS_ENV,
  ...MAIL_ENV,
  ...WEB_PUSH_ENV,
  ...OFFLINE_ENV,
  ...RETENTION_ENV,
  TOKEN_SECRET: secrets(),
};

export type Env = EnvOf<typeof envShape>;

export const ENV = Symbol('ENV');
