import { becomeFree } from '@convene/testing/ports';
import { roleUrl } from '@convene/testing/role-url';
import { type App, type AppPorts, apps } from './apps';
import { keysIn } from './keys';
import { type ServerHandle, serverVariables } from './servers/server';
import { UserError } from './terminal';

const LEFT_OVER_TIMEOUT_MS = 5_000;

export type AppPortsByName = Record<string, AppPorts>;

/** The environment of the apps: the user's, and a default for everything it leaves open. */
export function appEnv(
  env: NodeJS.ProcessEnv,
  servers: readonly ServerHandle[],
  { apiPort, opsPort, mailDir, keysDir }: { apiPort: number; opsPort: number; mailDir: string; keysDir: string },
): NodeJS.ProcessEnv {
  const origin = `http://localhost:${apiPort}`;
  const has = (name: string) => Boolean(env[name] || env[`${name}_FILE`]);
  const keys = keysIn(keysDir);
  const { JWT_PRIVATE_KEY, JWT_PUBLIC_KEYS, TOKEN_SECRET, OPS_SECRET, VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY } = keys;
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
    OPS_PORT: String(opsPort),
    ...(!has('OPS_SECRET') && { OPS_SECRET }),
    ...(!has('VAPID_PRIVATE_KEY') && { VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY }),
  };
}

/** What one app gets of its own: the users under which it logs in to servers that we have made. */
export function ownEnv(servers: readonly ServerHandle[], { name: app }: App): NodeJS.ProcessEnv {
  const postgres = servers.find(({ name, isGiven }) => name === 'postgres' && !isGiven);
  return postgres ? { DATABASE_URL: roleUrl(postgres.url, app) } : {};
}

/** Of the operator API: 4200, or as far above the internal port of the api-gateway. */
export function opsPortOf(env: NodeJS.ProcessEnv, ports: AppPortsByName): number {
  return Number(env['OPS_PORT'] || (ports['api-gateway']?.internal ?? 0) + 100);
}

/** The documented ports, or those of the environment, by app. Checked before anything is started. */
export async function chooseAppPorts(env: NodeJS.ProcessEnv): Promise<AppPortsByName> {
  const [first] = apps.map(({ internalPort }) => internalPort) as [number];
  const shift = Number(env['INTERNAL_PORT'] || first) - first;
  const choices = apps.map(({ name, internalPort, publicPort }) => {
    const chosen = publicPort && Number(env[publicPort.variable] || publicPort.number);
    return [name, { internal: internalPort + shift, ...(chosen && { public: chosen }) }] as const;
  });
  for (const [name, ports] of choices) {
    // The apps of an npm start that was killed need a moment to end.
    if (await becomeFree(Object.values(ports), LEFT_OVER_TIMEOUT_MS)) continue;
    throw new UserError(
      `A port of the ${name} is taken (${Object.values(ports).join(', ')}): end the program there, or choose others, ` +
        'for example API_PORT=4010 WS_PORT=4011 INTERNAL_PORT=4110 npm start',
    );
  }
  return Object.fromEntries(choices);
}
