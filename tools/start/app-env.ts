import type { ServerHandle, ServerName } from '../servers/server';
import { devKeys, devVapidKeys } from '../system/dev-keys';

export const serverVariables: Record<ServerName, string> = {
  postgres: 'DATABASE_URL',
  redis: 'REDIS_URL',
  rabbitmq: 'RABBITMQ_URL',
};

/** The servers that the environment names. */
export function givenBy(env: NodeJS.ProcessEnv) {
  const entries = Object.entries(serverVariables).filter(([, variable]) => env[variable]);
  return Object.fromEntries(entries.map(([name, variable]) => [name, { variable, url: env[variable] as string }]));
}

/** What the apps run with: the person's environment, and a default for everything it leaves open. */
export function appEnv(
  env: NodeJS.ProcessEnv,
  servers: readonly ServerHandle[],
  { apiPort, mailDir, keysDir }: { apiPort: number; mailDir: string; keysDir: string },
): NodeJS.ProcessEnv {
  const origin = `http://localhost:${apiPort}`;
  const has = (name: string) => Boolean(env[name] || env[`${name}_FILE`]);
  const keys = devKeys(keysDir);
  return {
    NODE_ENV: 'development',
    USE_WS_REDIS_ADAPTER: 'true',
    // One person at one machine is everybody here: the demo's crowd signs up from a single address.
    RATE_LIMIT_SCALE: '1000',
    // The users of the seed have a published password: nobody else's machine may reach them unless asked for.
    BIND_ADDRESS: '127.0.0.1',
    MAIL_DIR: mailDir,
    PUBLIC_URL: origin,
    WS_CORS_ORIGIN: origin,
    ...env,
    ...Object.fromEntries(servers.map(({ name, url }) => [serverVariables[name], url])),
    // A signing key of the person's own comes with its public keys.
    ...(!has('JWT_PRIVATE_KEY') && { JWT_PRIVATE_KEY: keys.JWT_PRIVATE_KEY, JWT_PUBLIC_KEYS: keys.JWT_PUBLIC_KEYS }),
    ...(!has('TOKEN_SECRET') && { TOKEN_SECRET: keys.TOKEN_SECRET }),
    ...(!has('VAPID_PRIVATE_KEY') && devVapidKeys(keysDir)),
  };
}
