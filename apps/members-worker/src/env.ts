import { loadEnv } from '@convene/config/env';
import { workerEnv } from '@convene/config/fields';

export const SERVICE = 'members-worker';

export const env = loadEnv(workerEnv(4103));
