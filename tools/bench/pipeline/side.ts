import { join } from 'node:path';
import { freePorts } from '@convene/testing/ports';
import type { Keys } from '../../dev/keys';
import { System } from '../../dev/system';
import { UserPairs } from '../../simulated-users/user-pairs';
import { startByHand } from '../by-hand/process';
import { deployedEnv, type DeployedServers } from '../deployed-env';
import { profileFlags } from '../profile-flags';

type Servers = DeployedServers & { readonly rabbitmqUrl: string };

/** One implementation of the chain, running, with its clients connected. */
export interface Side {
  readonly name: 'by hand' | 'ours';
  readonly userPairs: UserPairs;
  readonly databaseUrl: string;
  /** The pids of each process by what it is for. */
  readonly pids: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

const PAIRS = 150;

/** The five apps as they are deployed. */
export async function ours(servers: Servers): Promise<Side> {
  const { databaseUrl, keys } = servers;
  const system = await System.start({ extraFlags: profileFlags(), env: deployedEnv(servers) });
  const stack = { apiUrl: system.app('api-gateway').url, wsUrl: system.app('ws-gateway').url };
  const userPairs = await connectPairs(stack, databaseUrl, keys);
  const pids = Object.fromEntries(system.apps.map(({ name, pid }) => [name, pid as number]));
  return {
    name: 'ours',
    userPairs,
    databaseUrl,
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
  const started = await Promise.all(
    Object.entries(ROLES).map(async ([app, file], index) => {
      const env = {
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        RABBITMQ_URL: rabbitmqUrl,
        PORT: String(ports[index]),
        JWT_PUBLIC_KEYS: keys.JWT_PUBLIC_KEYS,
      };
      return [app, await startByHand(join(__dirname, 'by-hand', `${file}.ts`), env)] as const;
    }),
  );
  const userPairs = await connectPairs({ apiUrl: urlOf(ports[0]), wsUrl: urlOf(ports[3]) }, databaseUrl, keys);
  const pids = Object.fromEntries(started.map(([app, { pid }]) => [app, pid]));
  const stop = () => leave(userPairs, () => Promise.all(started.map(([, child]) => child.stop())));
  return { name: 'by hand', userPairs, databaseUrl, pids, stop };
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
