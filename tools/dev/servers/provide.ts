import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../terminal';
import { containerServer, hasDocker } from './container';
import { canInstall, installFromDebian } from './debian';
import { givenServer } from './given';
import { privatePostgres } from './postgres';
import { alternativeDir } from './postgres-user';
import { privateRabbitmq } from './rabbitmq';
import { privateRedis } from './redis';
import { type ServerHandle, type ServerName, serverNames, type ServerOptions, titles } from './server';

/** The ways to a server without a URL, in the order in which they are tried. */
const ways = ['private', 'docker', 'apt'];

export interface ProvideOptions extends ServerOptions {
  names: readonly ServerName[];
  /** Where private servers keep their data, log and port: one directory for each. */
  dir: string;
  /** The variables that name servers to use as they are, where they are set. */
  variables?: Record<ServerName, string>;
  /** `--servers=docker`: the only way to take; the first that works by default. */
  way?: string | undefined;
}

/**
 * Finds a way for each server, in this order: given URL; programs on this machine, as private instances; Docker; the
 * distribution's packages, then private instances. Mixtures are fine. Nothing is started yet, but every URL is settled.
 * The result is in the order of `names`.
 */
export async function provideServers(options: ProvideOptions): Promise<ServerHandle[]> {
  const { names, variables, way } = options;
  if (way && !ways.includes(way)) throw new UserError(`--servers takes one of ${ways.join(', ')}, not "${way}".`);
  const found = new Map<ServerName, ServerHandle>();
  const missing = () => names.filter((name) => !found.has(name));
  const mayTake = (one: string) => missing().length > 0 && (!way || way === one);
  const add = async (get: (name: ServerName) => Promise<ServerHandle | undefined>) => {
    for (const server of await Promise.all(missing().map(get))) if (server) found.set(server.name, server);
  };

  await add(async (name) => {
    const variable = variables?.[name] ?? '';
    const url = process.env[variable];
    return url ? givenServer(name, variable, url) : undefined;
  });
  if (mayTake('private')) await add((name) => privateServer(name, options));
  if (mayTake('docker') && (await hasDocker())) await add((name) => containerServer(name, options));
  if (mayTake('apt') && canInstall()) {
    await installFromDebian(missing());
    await add((name) => privateServer(name, options));
  }
  if (missing().length > 0) {
    const list = missing().map((name) => titles[name]);
    throw new UserError(
      `Not found: ${list.join(', ')}. Install them, start Docker, or name running servers by URL ("npm start -- --help").`,
    );
  }
  return names.map((name) => found.get(name) as ServerHandle);
}

const privateServers = { postgres: privatePostgres, redis: privateRedis, rabbitmq: privateRabbitmq };

/** A private instance, not started yet; undefined when its programs are not on this machine. */
export const privateServer = (name: ServerName, options: ServerOptions & { dir: string }) =>
  privateServers[name](resolve(options.dir, name), options);

/** Deletes the data of the private servers under `dir`, which must not be running. */
export function removePrivateData(dir: string): void {
  for (const own of serverNames.map((name) => resolve(dir, name))) {
    for (const each of [own, alternativeDir(own)]) rmSync(each, { recursive: true, force: true });
  }
}
