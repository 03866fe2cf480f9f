import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../terminal';
import { containerServer, hasDocker } from './container';
import { canInstall, debianPackages, installFromDebian } from './debian';
import { givenServer } from './given';
import { privatePostgres } from './postgres';
import { alternativeDir } from './postgres-user';
import { privateRabbitmq } from './rabbitmq';
import { privateRedis } from './redis';
import { type Profile, type ServerHandle, type ServerName, serverNames, titles } from './server';

/** The ways to a server without a URL, in the order in which they are tried. */
const ways = ['private', 'docker', 'apt'] as const;
type Way = (typeof ways)[number];

export interface ProvideOptions {
  names: readonly ServerName[];
  /** Where private servers keep their data, log and port: one directory for each. */
  dir: string;
  profile: Profile;
  /** URLs of servers to use as they are, with the variable each came from. */
  given?: { [name in ServerName]?: { variable: string; url: string } };
  /** Extra RabbitMQ vhosts `t1` … `tN`; not for given servers. */
  vhosts?: number;
  /** `--servers=private,apt`: which ways may be taken; all by default. */
  servers?: string | undefined;
  print?: (line: string) => void;
}

/**
 * Finds a way for each server, in this order: given URL; programs on this machine, as private instances; Docker; the
 * distribution's packages, then private instances. Mixtures are fine. Nothing is started yet, but every URL is settled.
 * The result is in the order of `names`.
 */
export async function provideServers(options: ProvideOptions): Promise<ServerHandle[]> {
  const { names, given = {}, profile, vhosts = 0 } = options;
  const allowed = waysFrom(options.servers);
  const found = new Map<ServerName, ServerHandle>();
  const missing = () => names.filter((name) => !found.has(name));
  const add = async (get: (name: ServerName) => Promise<ServerHandle | undefined>) => {
    for (const server of await Promise.all(missing().map(get))) if (server) found.set(server.name, server);
  };
  const fromUrl = async (name: ServerName) => given[name] && givenServer(name, given[name].variable, given[name].url);

  await add(fromUrl);
  if (allowed.includes('private')) await add((name) => privateServer(name, options));
  if (allowed.includes('docker') && missing().length > 0 && (await hasDocker())) {
    await add((name) => containerServer(name, profile, vhosts));
  }
  if (allowed.includes('apt') && missing().length > 0 && canInstall()) {
    await installFromDebian(missing(), options.print ?? (() => undefined));
    await add((name) => privateServer(name, options));
  }
  if (missing().length > 0) throw new UserError(howToGet(missing()));
  return names.map((name) => found.get(name) as ServerHandle);
}

type PrivateOptions = Pick<ProvideOptions, 'dir' | 'profile' | 'vhosts'>;

/** A private instance, not started yet; undefined when its programs are not on this machine. */
export function privateServer(name: ServerName, { dir, profile, vhosts = 0 }: PrivateOptions) {
  const own = resolve(dir, name);
  if (name === 'postgres') return privatePostgres(own, profile);
  return name === 'redis' ? privateRedis(own) : privateRabbitmq(own, vhosts);
}

/** Deletes the data of the private servers under `dir`, which must not be running. */
export function removePrivateData(dir: string): void {
  for (const own of serverNames.map((name) => resolve(dir, name))) {
    for (const each of [own, alternativeDir(own)]) rmSync(each, { recursive: true, force: true });
  }
}

function waysFrom(text: string = ways.join()): Way[] {
  return text.split(',').map((name) => {
    const way = ways.find((known) => known === name.trim());
    if (!way) throw new UserError(`--servers takes ${ways.join(', ')} (comma-separated), not "${name}".`);
    return way;
  });
}

function howToGet(names: ServerName[]): string {
  const list = names.map((name) => titles[name]).join(', ');
  const brew = { postgres: 'postgresql@17', redis: 'redis', rabbitmq: 'rabbitmq' };
  const how =
    process.platform === 'darwin'
      ? `brew install ${names.map((name) => brew[name]).join(' ')}`
      : `sudo apt-get install ${names.map((name) => debianPackages[name]).join(' ')}`;
  return `Not found on this machine: ${list}. Install (for example "${how}"), or start Docker, or name running servers by URL.`;
}
