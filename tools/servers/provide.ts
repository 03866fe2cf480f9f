import { composeServers } from './compose';
import { containerServer } from './containers';
import { canInstall, debianPackages, installFromDebian } from './debian';
import { hasDocker } from './docker';
import { givenServer } from './given';
import { type Origin, origins as allOrigins } from './origins';
import { privateServer } from './private';
import { type Profile, Remediable, type ServerHandle, type ServerName, titles } from './server';

export interface ProvideOptions {
  names: readonly ServerName[];
  /** The repository's root, where docker-compose.yml lies. */
  root: string;
  /** Where private servers keep their data, log and port. */
  dir: string;
  profile: Profile;
  /** URLs of servers to use as they are, with the variable each came from. */
  given?: { [name in ServerName]?: { variable: string; url: string } };
  /** Extra RabbitMQ vhosts `t1` … `tN`; not for given servers. */
  vhosts?: number;
  /** Which ways may be taken, for trying one of them; all by default. */
  origins?: readonly Origin[];
  tell?: (line: string) => void;
}

/**
 * Finds a way for each server, in this order: given URL; programs on this machine, as private instances; Docker; the
 * distribution's packages, then private instances. Mixtures are fine. Nothing is started yet, but every URL is settled.
 * The result is in the order of `names`.
 */
export async function provideServers(options: ProvideOptions): Promise<ServerHandle[]> {
  const origins = options.origins ?? allOrigins;
  const found: ServerHandle[] = [];
  const missing = () => options.names.filter((name) => !found.some((server) => server.name === name));

  for (const name of missing()) {
    const given = options.given?.[name];
    if (given) found.push(givenServer(name, given.variable, given.url));
  }
  if (origins.includes('private')) found.push(...(await privateServers(missing(), options)));
  if (origins.includes('docker') && missing().length > 0) found.push(...(await dockerServers(missing(), options)));
  if (origins.includes('apt') && missing().length > 0 && canInstall()) {
    await installFromDebian(missing(), options.tell ?? (() => undefined));
    found.push(...(await privateServers(missing(), options)));
  }
  if (missing().length > 0) throw new Remediable(howToGet(missing()));
  return options.names.map((name) => found.find((server) => server.name === name) as ServerHandle);
}

async function privateServers(names: ServerName[], options: ProvideOptions): Promise<ServerHandle[]> {
  const servers = await Promise.all(names.map((name) => privateServer(name, options)));
  return servers.filter((server) => server !== undefined);
}

async function dockerServers(names: ServerName[], options: ProvideOptions): Promise<ServerHandle[]> {
  if (options.profile === 'dev') {
    return (await hasDocker('compose', 'version')) ? composeServers(options.root, names) : [];
  }
  return (await hasDocker()) ? Promise.all(names.map((name) => containerServer(name, options.vhosts ?? 0))) : [];
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
