import type { EnvOf } from '@convene/config/env';
import { secrets, workerEnv } from '@convene/config/fields';
import { MAIL_ENV } from '@convene/mail/mail-env';

export const SERVICE = 'invites-worker';

export const envShape = { ...workerEnv(4102), ...MAIL_ENV, TOKEN_SECRET: secrets() };

export type Env = EnvOf<typeof envShape>;

export const ENV = Symbol('ENV');
