import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { GenericContainer, StartedTestContainer } from 'testcontainers';
import { freePort } from '@convene/testing/ports';
import { leash } from '../child-process';
import { UserError } from '../terminal';
import {
  postgresSettings,
  type Profile,
  rabbitmqDefinitions,
  redisSettings,
  type ServerHandle,
  type ServerName,
  titles,
  urlOf,
} from './server';

const docker = async (...args: string[]) => promisify(execFile)('docker', args);

export const hasDocker = () =>
  docker('info').then(
    () => true,
    () => false,
  );

interface Image {
  name: string;
  port: number;
  data: string;
  configure: (container: GenericContainer, profile: Profile, vhosts: number) => GenericContainer;
  /** The command that succeeds, or the line that is printed, once it answers. */
  ready: string | RegExp;
}

const images: Record<ServerName, Image> = {
  postgres: {
    name: 'postgres',
    port: 5432,
    data: '/var/lib/postgresql/data',
    configure: (container, profile) =>
      container
        .withEnvironment({ POSTGRES_USER: 'convene', POSTGRES_PASSWORD: 'convene', POSTGRES_DB: 'convene' })
        .withCommand([
          'postgres',
          ...Object.entries(postgresSettings[profile]).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
        ]),
    // Over TCP: while the image prepares a new database it listens on its socket only.
    ready: 'pg_isready --host=127.0.0.1 --username=convene --dbname=convene',
  },
  redis: {
    name: 'redis',
    port: 6379,
    data: '/data',
    // Only this machine's loopback reaches the published port, which to Redis looks like a foreign address.
    configure: (container) =>
      container.withCommand([
        ...['redis-server', '--protected-mode', 'no'],
        ...Object.entries(redisSettings).flatMap(([key, value]) => [`--${key}`, value]),
      ]),
    ready: /Ready to accept connections/,
  },
  rabbitmq: {
    name: 'rabbitmq',
    port: 5672,
    data: '/var/lib/rabbitmq',
    configure: (container, _profile, vhosts) =>
      container
        .withHostname('rabbitmq') // its data is filed under its host's name
        .withCopyContentToContainer([
          { target: '/etc/rabbitmq/convene.json', content: rabbitmqDefinitions(vhosts), mode: 0o644 },
          {
            target: '/etc/rabbitmq/conf.d/20-convene.conf',
            content: 'load_definitions = /etc/rabbitmq/convene.json\nloopback_users.guest = false\n',
            mode: 0o644,
          },
        ]),
    ready: /Server startup complete/,
  },
};

/** The image that docker-compose.yml pins. */
function pinned(name: string): string {
  const compose = readFileSync(resolve(__dirname, '../../../docker-compose.yml'), 'utf8');
  return new RegExp(`image: (${name}:\\S+)`).exec(compose)?.[1] ?? name;
}

/**
 * A server in a container, by the testcontainers package: of the `dev` profile with its data in a volume, of the `test`
 * profile without. testcontainers' reaper (Ryuk) is one more image to pull and is off unless
 * TESTCONTAINERS_RYUK_DISABLED=false: a leash removes the container when this process ends.
 */
export async function containerServer(name: ServerName, profile: Profile, vhosts: number): Promise<ServerHandle> {
  process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
  const { GenericContainer, Wait } = await import('testcontainers');
  /** Publishes its port to this machine only. */
  class LoopbackContainer extends GenericContainer {
    protected override beforeContainerCreated(): Promise<void> {
      const bindings = Object.values(this.hostConfig.PortBindings as Record<string, { HostIp?: string }[]>);
      for (const binding of bindings.flat()) binding.HostIp = '127.0.0.1';
      return Promise.resolve();
    }
  }
  const { port: inside, data, configure, ready } = images[name];
  const image = pinned(name);
  const port = await freePort();
  const volume = `convene-start_${name}`;
  let container: StartedTestContainer | undefined;
  return {
    name,
    url: urlOf[name](port),
    origin: profile === 'dev' ? `container of ${image}, volume ${volume}` : `container of ${image}`,
    async start() {
      if (container) return container.restart();
      const configured = configure(new LoopbackContainer(image), profile, vhosts)
        .withExposedPorts({ container: inside, host: port })
        .withBindMounts(profile === 'dev' ? [{ source: volume, target: data }] : [])
        .withWaitStrategy(typeof ready === 'string' ? Wait.forSuccessfulCommand(ready) : Wait.forLogMessage(ready))
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
