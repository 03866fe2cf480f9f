import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { GenericContainer, StartedTestContainer } from 'testcontainers';
import { freePort } from '@convene/testing/ports';
import { leash } from '../child-process';
import { UserError } from '../terminal';
import { postgresFlags, rabbitmqDefinitions, readyLines, redisFlags, type ServerHandle } from './server';
import { type ServerName, type ServerOptions, titles, urlOf } from './server';

const docker = (...args: string[]) => promisify(execFile)('docker', args);

export const hasDocker = () =>
  docker('info').then(
    () => true,
    () => false,
  );

interface Image {
  port: number;
  data: string;
  configure: (container: GenericContainer, options: ServerOptions) => GenericContainer;
}

const images: Record<ServerName, Image> = {
  postgres: {
    port: 5432,
    data: '/var/lib/postgresql/data',
    configure: (container, { profile }) =>
      container
        .withEnvironment({ POSTGRES_USER: 'convene', POSTGRES_PASSWORD: 'convene', POSTGRES_DB: 'convene' })
        .withCommand(['postgres', ...postgresFlags(profile)]),
  },
  redis: {
    port: 6379,
    data: '/data',
    // To Redis, a client of the published port has a foreign address.
    configure: (container) => container.withCommand(['redis-server', ...redisFlags({ 'protected-mode': 'no' })]),
  },
  rabbitmq: {
    port: 5672,
    data: '/var/lib/rabbitmq',
    configure: (container, options) =>
      container
        .withHostname('rabbitmq') // its data is filed under its host's name
        .withCopyContentToContainer([
          { target: '/etc/rabbitmq/convene.json', content: rabbitmqDefinitions(options), mode: 0o644 },
          {
            target: '/etc/rabbitmq/conf.d/20-convene.conf',
            content: 'load_definitions = /etc/rabbitmq/convene.json\nloopback_users.guest = false\n',
            mode: 0o644,
          },
        ]),
  },
};

/** The image that docker-compose.yml pins. */
function pinned(name: ServerName): string {
  const compose = readFileSync(resolve(__dirname, '../../../docker-compose.yml'), 'utf8');
  return new RegExp(`image: (${name}:\\S+)`).exec(compose)?.[1] as string;
}

/**
 * A server in a container, by the testcontainers package; in the `dev` profile its data is kept in a volume.
 * testcontainers' reaper (Ryuk) is one more image to pull and is off unless TESTCONTAINERS_RYUK_DISABLED=false: a leash
 * removes the container when this process ends.
 */
export async function containerServer(name: ServerName, options: ServerOptions): Promise<ServerHandle> {
  process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
  const { GenericContainer, Wait } = await import('testcontainers'); // loads half a second of modules
  /** Publishes its port to this machine only. */
  class LoopbackContainer extends GenericContainer {
    protected override async beforeContainerCreated(): Promise<void> {
      const bindings = Object.values(this.hostConfig.PortBindings as Record<string, { HostIp?: string }[]>);
      for (const binding of bindings.flat()) binding.HostIp = '127.0.0.1';
    }
  }
  const { port: inside, data, configure } = images[name];
  const image = pinned(name);
  const port = await freePort();
  const volume = options.profile === 'dev' ? `convene-start_${name}` : undefined;
  // The image of PostgreSQL logs its line also while it prepares a new database, on a socket only.
  const isReady =
    name === 'postgres'
      ? Wait.forSuccessfulCommand('pg_isready --host=127.0.0.1 --username=convene --dbname=convene')
      : Wait.forLogMessage(readyLines[name]);
  let container: StartedTestContainer | undefined;
  return {
    name,
    url: urlOf[name](port),
    origin: `container of ${image}${volume ? `, volume ${volume}` : ''}`,
    async start() {
      if (container) return container.restart();
      const configured = configure(new LoopbackContainer(image), options)
        .withExposedPorts({ container: inside, host: port })
        .withBindMounts(volume ? [{ source: volume, target: data }] : [])
        .withWaitStrategy(isReady)
        .withStartupTimeout(180_000);
      container = await configured.start().catch((error: Error) => {
        throw new UserError(`Docker could not start ${titles[name]}: ${error.message}`);
      });
      leash(`docker rm --force --volumes ${container.getId()}`);
    },
    async stop() {
      if (container) await docker('stop', container.getId());
    },
    async kill() {
      if (container) await docker('kill', container.getId());
    },
  };
}
