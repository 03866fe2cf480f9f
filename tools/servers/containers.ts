import type { GenericContainer, StartedTestContainer } from 'testcontainers';
import { leash } from '../process/leash';
import { docker } from './docker';
import { freePort } from './ports';
import { definitions } from './rabbitmq-definitions';
import type { ServerHandle, ServerName } from './server';

interface Image {
  image: string;
  port: number;
  url: (port: number) => string;
  /** The line that says it is ready, and how often it appears (PostgreSQL's image starts twice). */
  ready: [line: RegExp, times: number];
  configure: (container: GenericContainer, vhosts: number) => GenericContainer;
}

const images: Record<ServerName, Image> = {
  postgres: {
    image: 'postgres:17.6',
    port: 5432,
    url: (port) => `postgresql://convene:convene@127.0.0.1:${port}/convene`,
    ready: [/ready to accept connections/, 2],
    configure: (container) =>
      container
        .withEnvironment({ POSTGRES_USER: 'convene', POSTGRES_PASSWORD: 'convene', POSTGRES_DB: 'convene' })
        .withCommand(['postgres', '-c', 'max_connections=400', '-c', 'fsync=off', '-c', 'full_page_writes=off']),
  },
  redis: {
    image: 'redis:7.4.5',
    port: 6379,
    url: (port) => `redis://127.0.0.1:${port}`,
    ready: [/Ready to accept connections/, 1],
    // Published on this machine's loopback only, and reached through Docker's bridge: not "protected" from that.
    configure: (container) =>
      container.withCommand(['redis-server', '--protected-mode', 'no', '--databases', '512', '--appendonly', 'yes']),
  },
  rabbitmq: {
    image: 'rabbitmq:4.1.4-management',
    port: 5672,
    url: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
    ready: [/Server startup complete/, 1],
    configure: (container, vhosts) =>
      container.withCopyContentToContainer([
        { target: '/etc/rabbitmq/convene.json', content: JSON.stringify(definitions(vhosts)), mode: 0o644 },
        {
          target: '/etc/rabbitmq/conf.d/20-convene.conf',
          content: 'load_definitions = /etc/rabbitmq/convene.json\nloopback_users.guest = false\n',
          mode: 0o644,
        },
      ]),
  },
};

/**
 * A throw-away server for tests, by the testcontainers package. Its reaper (Ryuk) is one more image to pull and is off
 * unless TESTCONTAINERS_RYUK_DISABLED=false: a leash removes the container instead, should we be killed.
 */
export async function containerServer(name: ServerName, vhosts: number): Promise<ServerHandle> {
  process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
  const { image, port: inside, url, ready, configure } = images[name];
  const port = await freePort();
  let container: StartedTestContainer | undefined;
  let isRunning = false;
  return {
    name,
    url: url(port),
    origin: `container of ${image}`,
    get isRunning() {
      return isRunning;
    },
    async start() {
      if (container) await container.restart();
      else {
        const { GenericContainer, Wait } = await import('testcontainers');
        container = await configure(new GenericContainer(image), vhosts)
          .withExposedPorts({ container: inside, host: port })
          .withWaitStrategy(Wait.forLogMessage(...ready))
          .withStartupTimeout(180_000)
          .start();
        leash(`docker rm --force --volumes ${container.getId()}`);
      }
      isRunning = true;
    },
    async stop() {
      if (container) await docker(['stop', container.getId()]);
      isRunning = false;
    },
    async kill() {
      if (container) await docker(['kill', container.getId()]);
      isRunning = false;
    },
  };
}
