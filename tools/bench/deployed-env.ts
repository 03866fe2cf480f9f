import type { Keys } from '../dev/keys';

export interface DeployedServers {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Absent for an app that runs without. */
  readonly rabbitmqUrl?: string;
  readonly mailDir: string;
  readonly keys: Keys;
}

/**
 * The environment of apps as they are deployed, but for rate limits, which are off: there are none by hand. All clients
 * come from one address.
 */
export function deployedEnv({ databaseUrl, redisUrl, rabbitmqUrl, mailDir, keys }: DeployedServers): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    DATABASE_URL: `${databaseUrl}?connection_limit=10`,
    REDIS_URL: redisUrl,
    RABBITMQ_URL: rabbitmqUrl ?? 'amqp://not-used',
    ...(!rabbitmqUrl && { OUTBOX_RELAY: 'false' }),
    USE_WS_REDIS_ADAPTER: 'true',
    WS_CORS_ORIGIN: '*',
    WS_MAX_CONNECTIONS: '100000',
    WS_MAX_CONNECTIONS_PER_ADDRESS: '100000',
    WS_ACCEPTS_PER_SECOND: '100000',
    MAIL_DIR: mailDir,
    PUBLIC_URL: 'http://localhost',
    EMAIL_CHECK_MX: 'false',
    COOKIE_SECURE: 'false',
    RATE_LIMIT_SCALE: '0',
    ...keys,
  };
}
