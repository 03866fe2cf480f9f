import { isFree } from '@convene/testing/ports';
import { type App, type AppPorts, apps } from './apps';
import { keysIn } from './keys';
import type { ServerHandle, ServerName } from './servers/server';
import { UserError } from './terminal';

const serverVariables: Record<ServerName, string> = {
  postgres: 'DATABASE_URL',
  redis: 'REDIS_URL',
  rabbitmq: 'RABBITMQ_URL',
};

/** The servers that the environment names. */
export function givenServers(env: NodeJS.ProcessEnv): { [name in ServerName]?: { variable: string; url: string } } {
  const named = Object.entries(serverVariables).filter(([, variable]) => env[variable]);
  return Object.fromEntries(named.map(([name, variable]) => [name, { variable, url: env[variable] as string }]));
}

/** The environment of the apps: the user's, and a default for everything it leaves open. */
export function appEnv(
  env: NodeJS.ProcessEnv,
  servers: readonly ServerHandle[],
  { apiPort, mailDir, keysDir }: { apiPort: number; mailDir: string; keysDir: string },
): NodeJS.ProcessEnv {
  const origin = `http://localhost:${apiPort}`;
  const has = (name: string) => Boolean(env[name] || env[`${name}_FILE`]);
  const { JWT_PRIVATE_KEY, JWT_PUBLIC_KEYS, TOKEN_SECRET, VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY } = keysIn(keysDir);
  return {
    NODE_ENV: 'development',
    USE_WS_REDIS_ADAPTER: 'true',
    // All clients share one address on a developer's machine: the demo signs up hundreds of users from it.
    RATE_LIMIT_SCALE: '1000',
    // The users of the seed have a published password: other machines reach them only if asked for.
    BIND_ADDRESS: '127.0.0.1',
    MAIL_DIR: mailDir,
    PUBLIC_URL: origin,
    WS_CORS_ORIGIN: origin,
    ...env,
    ...Object.fromEntries(servers.map(({ name, url }) => [serverVariables[name], url])),
    // A signing key of the user's own comes with its public keys.
    ...(!has('JWT_PRIVATE_KEY') && { JWT_PRIVATE_KEY, JWT_PUBLIC_KEYS }),
    ...(!has('TOKEN_SECRET') && { TOKEN_SECRET }),
    ...(!has('VAPID_PRIVATE_KEY') && { VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY }),
  };
}

/** The documented ports, or those of the environment, by app. Checked before anything is started. */
export async function chooseAppPorts(env: NodeJS.ProcessEnv): Promise<Map<string, AppPorts>> {
  const firstInternal = (apps[0] as App).internalPort;
  const shift = portFrom(env, 'INTERNAL_PORT', firstInternal) - firstInternal;
  const taken: string[] = [];
  const check = async (port: number, app: string, variable: string) => {
    if (await isFree(port)) return;
    taken.push(
      `Port ${port} (${variable}, ${app}) is taken: end the program there, or choose another with ${variable}.`,
    );
  };
  const chosen = new Map<string, AppPorts>();
  for (const { name, internalPort, publicPort } of apps) {
    const ports: AppPorts = { internal: internalPort + shift };
    await check(ports.internal, name, 'INTERNAL_PORT');
    if (publicPort) {
      ports.public = portFrom(env, publicPort.variable, publicPort.number);
      await check(ports.public, name, publicPort.variable);
    }
    chosen.set(name, ports);
  }
  if (taken.length === 0) return chosen;
  throw new UserError(`${taken.join('\n')}\nFor example: API_PORT=4010 WS_PORT=4011 INTERNAL_PORT=4110 npm start`);
}

function portFrom(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const text = env[variable];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new UserError(`${variable} must be a port, 1 to 65535, not "${text}".`);
}
