import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { postgresRecipe } from './private-postgres';
import { rabbitmqRecipe } from './private-rabbitmq';
import { redisRecipe } from './private-redis';
import { PrivateServer } from './private-server';
import { findPrograms } from './programs';
import { type Profile, type ServerHandle, type ServerName, serverNames } from './server';
import { elsewhereFor, handOver, reachableDir, unprivilegedUser } from './unprivileged';

export interface PrivateOptions {
  /** One directory per server is made below it; what lies there is kept and used again. */
  dir: string;
  profile: Profile;
  /** Extra RabbitMQ vhosts `t1` … `tN`. */
  vhosts?: number;
}

/** A private instance, not started yet; undefined when its programs are not on this machine. */
export async function privateServer(name: ServerName, options: PrivateOptions): Promise<ServerHandle | undefined> {
  const programs = findPrograms();
  const dir = resolve(options.dir, name);
  if (name === 'postgres' && programs.postgres) {
    const user = unprivilegedUser();
    const reachable = reachableDir(dir, user);
    handOver(reachable, user);
    return PrivateServer.in(reachable, postgresRecipe(reachable, programs.postgres, options.profile, user));
  }
  if (name === 'redis' && programs.redis) return PrivateServer.in(dir, redisRecipe(dir, programs.redis));
  if (name === 'rabbitmq' && programs.rabbitmq) {
    return PrivateServer.in(dir, await rabbitmqRecipe(dir, programs.rabbitmq, options.vhosts ?? 0));
  }
  return undefined;
}

/** Deletes the data of the private servers under `dir`, which must not be running. */
export function removePrivateData(dir: string): void {
  for (const name of serverNames) {
    const own = resolve(dir, name);
    for (const each of [own, elsewhereFor(own)]) rmSync(each, { recursive: true, force: true });
  }
}
