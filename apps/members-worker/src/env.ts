import type { EnvOf } from '@convene/config/env';
import { workerEnv } from '@convene/config/fields';

export const SERVICE = 'members-worker';

export const envShape = workerEnv(4103);

export type Env = EnvOf<typeof envShape>;
