import { roleUrl } from '@convene/testing/role-url';
import { type App, apps } from '../dev/apps';
import { SETTINGS } from '../faults/app-settings';

const TWO = 2;
export const INSTANCES: Readonly<Record<string, number>> = Object.fromEntries(apps.map(({ name }) => [name, TWO]));

export const OPS_SECRET = 'fleet'.repeat(8);
/** Ten processes share the 80 connections of PgBouncer. */
const OF_A_PROCESS = 'pgbouncer=true&connection_limit=8';

export const fleetEnv = (redisUrls: string, rabbitmqUrls: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  ...SETTINGS,
  REDIS_URL: redisUrls,
  RABBITMQ_URL: rabbitmqUrls,
  TRUST_PROXY: '127.0.0.1',
});

/** What each process has for itself: its role in the database, and the first api-gateway the port of the operators. */
export const ownEnv =
  (databaseUrl: string, opsPort: number) =>
  ({ name }: App, label: string): NodeJS.ProcessEnv => ({
    DATABASE_URL: roleUrl(`${databaseUrl}?${OF_A_PROCESS}`, name),
    ...(label === 'api-gateway' && { OPS_SECRET, OPS_PORT: String(opsPort) }),
  });
