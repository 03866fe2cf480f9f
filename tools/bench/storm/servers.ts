import { join } from 'node:path';
import type { Undo } from '../../dev/terminal';
import { deployedEnv } from '../deployed-env';
import { newGround } from '../ground';
import { type BenchUser, insertUsers } from '../realtime/client-group';
import { MeasuredServer } from '../realtime/measured-server';

type Ground = Awaited<ReturnType<typeof newGround>>;

/** A kind of server, on a ground of its own, with users who are to connect to it. */
export interface Side {
  readonly name: string;
  readonly liveAt: string;
  readonly ground: Ground;
  readonly people: readonly BenchUser[];
  start(): Promise<MeasuredServer>;
}

/** Admits as many at once as come. */
export function gateway(ground: Ground, people: readonly BenchUser[], env: NodeJS.ProcessEnv = {}): Side {
  const start = () => MeasuredServer.app('ws-gateway', { ...deployedEnv(ground), ...env });
  return { name: 'ours', liveAt: '42["session.ready"', ground, people, start };
}

/** Verifies the token, joins the user's room, answers with where the inbox stands and with what was missed. */
export function resuming(ground: Ground, people: readonly BenchUser[]): Side {
  const start = () => MeasuredServer.byHand(join(__dirname, '../pipeline/by-hand/sockets.ts'), envOf(ground));
  return { name: 'by hand', liveAt: '42["session.ready"', ground, people, start };
}

/** Verifies the token and joins the user's room. */
export function accepting(ground: Ground, people: readonly BenchUser[]): Side {
  const env = { ...envOf(ground), BARE: 'sharded' };
  const start = () => MeasuredServer.byHand(join(__dirname, '../realtime/bare-server.ts'), env);
  return { name: 'bare', liveAt: '40{', ground, people, start };
}

export async function newPeople(undo: Undo, count: number): Promise<[Ground, BenchUser[]]> {
  const ground = await newGround(undo);
  return [ground, (await insertUsers(ground.databaseUrl, ground.keys.JWT_PRIVATE_KEY, count)).people];
}

function envOf({ databaseUrl, redisUrl, rabbitmqUrl, keys }: Ground): NodeJS.ProcessEnv {
  return {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    RABBITMQ_URL: rabbitmqUrl,
    JWT_PUBLIC_KEYS: keys.JWT_PUBLIC_KEYS,
  };
}
