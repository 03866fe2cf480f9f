import { roleUrl } from '@convene/testing/role-url';
import type { TcpProxy } from '@convene/testing/tcp-proxy';
import { apps } from '../dev/apps';
import { type ServerName, serverNames, serverVariables } from '../dev/servers/server';

export const INSTANCES = { 'ws-gateway': 2 };

/** What is lost on the way is found again within the minute that the checker gives. */
export const SETTINGS: NodeJS.ProcessEnv = {
  NODE_ENV: 'test',
  USE_WS_REDIS_ADAPTER: 'true',
  RATE_LIMIT_SCALE: '0',
  SWEEP_AGE_MS: '3000',
  SWEEP_EVERY_MS: '1000',
  WS_COMPARE_INTERVAL_MS: '2000',
};

export function appLabels(): string[] {
  return apps.flatMap(({ name }) =>
    Array.from({ length: name in INSTANCES ? INSTANCES[name as keyof typeof INSTANCES] : 1 }, (_, index) =>
      index === 0 ? name : `${name}#${index + 1}`,
    ),
  );
}

export function urlsBehind(proxies: ReadonlyMap<string, TcpProxy>, app: string, label: string): NodeJS.ProcessEnv {
  const urlTo = (name: ServerName) => proxies.get(`${label} ${name}`)?.url ?? '';
  return {
    ...Object.fromEntries(serverNames.map((name) => [serverVariables[name], urlTo(name)])),
    DATABASE_URL: roleUrl(urlTo('postgres'), app),
  };
}
