import { join, resolve } from 'node:path';
import { freePorts } from '@convene/testing/ports';
import { Child } from '../../dev/child-process';
import type { Keys } from '../../dev/keys';
import { System } from '../../dev/system';
import { UserPairs } from '../../simulated-users/user-pairs';
import { cpuMsOf } from './cpu';

export interface Servers {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly rabbitmqUrl: string;
  readonly mailDir: string;
  readonly keys: Keys;
}

/** One implementation of the chain, running, with its clients connected. */
export interface Side {
  readonly name: 'by hand' | 'ours';
  readonly userPairs: UserPairs;
  readonly databaseUrl: string;
  /** The pids of each process by what it is for. */
  readonly pids: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

const root = resolve(__dirname, '../../..');
const PAIRS = 150;

/** The five apps as they are deployed. Rate limits are off, as there are none by hand. */
export async function ours({ keys, mailDir, ...servers }: Servers): Promise<Side> {
  const system = await System.start({
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      DATABASE_URL: `${servers.databaseUrl}?connection_limit=10`,
      REDIS_URL: servers.redisUrl,
      RABBITMQ_URL: servers.rabbitmqUrl,
      USE_WS_REDIS_ADAPTER: 'true',
      WS_CORS_ORIGIN: '*',
      MAIL_DIR: mailDir,
      PUBLIC_URL: 'http://localhost',
      EMAIL_CHECK_MX: 'false',
      COOKIE_SECURE: 'false',
      RATE_LIMIT_SCALE: '0',
      ...keys,
    },
  });
  const stack = { apiUrl: system.app('api-gateway').url, wsUrl: system.app('ws-gateway').url };
  const userPairs = await connectPairs(stack, servers.databaseUrl, keys);
  const pids = Object.fromEntries(system.apps.map(({ name, pid }) => [name, pid as number]));
  return {
    name: 'ours',
    userPairs,
    databaseUrl: servers.databaseUrl,
    pids,
    stop: () => leave(userPairs, () => system.stop()),
  };
}

const ROLES = {
  'api-gateway': 'api',
  'invites-worker': 'reactions',
  'notifications-worker': 'frames',
  'ws-gateway': 'sockets',
};

/** The same chain as an expert writes it for this one purpose: see by-hand/. */
export async function byHand({ keys, databaseUrl, redisUrl, rabbitmqUrl }: Servers): Promise<Side> {
  const ports = await freePorts(4);
  const children: Record<string, Child> = {};
  for (const [index, [app, file]] of Object.entries(ROLES).entries()) {
    children[app] = await Child.spawn({
      program: process.execPath,
      args: ['--import', 'tsx', join(__dirname, 'by-hand', `${file}.ts`)],
      cwd: root,
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        RABBITMQ_URL: rabbitmqUrl,
        PORT: String(ports[index]),
        JWT_PUBLIC_KEYS: keys.JWT_PUBLIC_KEYS,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
      stopSignal: 'SIGKILL',
    });
  }
  await Promise.all(ports.map((port) => untilReady(port)));
  const userPairs = await connectPairs({ apiUrl: urlOf(ports[0]), wsUrl: urlOf(ports[3]) }, databaseUrl, keys);
  const pids = Object.fromEntries(Object.entries(children).map(([app, { pid }]) => [app, pid]));
  const stop = () => leave(userPairs, () => Promise.all(Object.values(children).map((child) => child.stop())));
  return { name: 'by hand', userPairs, databaseUrl, pids, stop };
}

/** Processor time so far of each process of a side, and of the servers that it stands on. */
export function cpuOf(side: Side, servers: Readonly<Record<string, number>>): Map<string, number> {
  return new Map(Object.entries({ ...side.pids, ...servers }).map(([name, pid]) => [name, cpuMsOf([pid])]));
}

const urlOf = (port: number | undefined) => `http://127.0.0.1:${port}`;

async function connectPairs(
  stack: { apiUrl: string; wsUrl: string },
  databaseUrl: string,
  keys: Keys,
): Promise<UserPairs> {
  const userPairs = await UserPairs.create({ stack, databaseUrl, jwtPrivateKey: keys.JWT_PRIVATE_KEY, pairs: PAIRS });
  await userPairs.connect();
  return userPairs;
}

async function leave(userPairs: UserPairs, stop: () => Promise<unknown>): Promise<void> {
  userPairs.disconnect();
  await stop();
}

async function untilReady(port: number): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(urlOf(port)).catch(() => undefined);
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('A process of the chain by hand did not start');
}
