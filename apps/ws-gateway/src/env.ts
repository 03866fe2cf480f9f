import { JWT_PUBLIC_KEYS, VERIFIER_ENV } from '@convene/auth/auth-env';
import type { EnvOf } from '@convene/config/env';
import { baseEnv, commaList, integer, port } from '@convene/config/fields';

export const ENV = {
  ...baseEnv(4101),
  ...VERIFIER_ENV,
  WS_PORT: port(4001),
  WS_CORS_ORIGIN: commaList().describe('expected origins such as https://app.example.com, separated by commas, or *'),
  WS_COMPARE_INTERVAL_MS: integer(15_000, 100, 60_000),
  JWT_PUBLIC_KEYS,
};

export type GatewayEnv = EnvOf<typeof ENV>;
export const GATEWAY_ENV = Symbol('GATEWAY_ENV');
