import { JWT_PUBLIC_KEYS, VERIFIER_ENV } from '@convene/auth/auth-env';
import type { EnvOf } from '@convene/config/env';
import { baseEnv, commaList, integer, port, REDIS_ENV } from '@convene/config/fields';
import { HTTP_ENV } from '@convene/http/http-env';

export const envShape = {
  ...baseEnv(4101),
  ...REDIS_ENV,
  ...VERIFIER_ENV,
  WS_PORT: port(4001),
  WS_CORS_ORIGIN: commaList().describe('expected origins such as https://app.example.com, separated by commas, or *'),
  WS_MAX_CONNECTIONS: integer(15_000, 1, 1_000_000),
  WS_MAX_CONNECTIONS_PER_ADDRESS: integer(1_000, 1, 1_000_000),
  WS_MAX_CONNECTIONS_PER_USER: integer(50, 1, 10_000),
  WS_ACCEPTS_PER_SECOND: integer(500, 1, 100_000),
  WS_MAX_BUFFER_BYTES: integer(1_048_576, 1_024, 1_073_741_824),
  ...HTTP_ENV,
  WS_RESUME_LIMIT: integer(5_000, 0, 1_000_000),
  WS_COMPARE_INTERVAL_MS: integer(15_000, 100, 60_000),
  PRESENCE_LEASE_MS: integer(30_000, 1_000, 600_000),
  RATE_LIMIT_SCALE: integer(1, 0, 1_000_000),
  JWT_PUBLIC_KEYS,
};

export type Env = EnvOf<typeof envShape>;
export const ENV = Symbol('ENV');
