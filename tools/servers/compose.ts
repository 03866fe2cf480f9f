import { join } from 'node:path';
import { leash } from '../process/leash';
import { docker } from './docker';
import { freePorts } from './ports';
import { Remediable, type ServerHandle, type ServerName, titles } from './server';

/** docker-compose.yml publishes each server on the port that its variable names. */
const services: Record<ServerName, { variable: string; url(port: number): string }> = {
  postgres: { variable: 'POSTGRES_PORT', url: (port) => `postgresql://convene:convene@127.0.0.1:${port}/convene` },
  redis: { variable: 'REDIS_PORT', url: (port) => `redis://127.0.0.1:${port}` },
  rabbitmq: { variable: 'RABBITMQ_PORT', url: (port) => `amqp://guest:guest@127.0.0.1:${port}` },
};

const project = 'convene-start';

/**
 * The servers of docker-compose.yml, in a project of their own beside the one that `docker compose up` makes, on free
 * ports. Their data stays in Docker volumes.
 */
export async function composeServers(root: string, names: ServerName[]): Promise<ServerHandle[]> {
  const ports = await freePorts(names.length);
  const env = Object.fromEntries(names.map((name, index) => [services[name].variable, String(ports[index])]));
  const compose = (...args: string[]) =>
    docker(['compose', '-p', project, '-f', join(root, 'docker-compose.yml'), ...args], env);
  const running = new Set<ServerName>();
  let first: Promise<unknown> | undefined;
  let letGo: (() => void) | undefined;
  const ended = (name: ServerName) => {
    running.delete(name);
    if (running.size > 0) return;
    letGo?.();
    letGo = undefined;
  };

  return names.map((name, index) => ({
    name,
    url: services[name].url(ports[index] as number),
    origin: `Docker Compose, service ${name}`,
    get isRunning() {
      return running.has(name);
    },
    async start() {
      // The first start brings all of them up in one call: several at once would race for the project's network.
      first ??= compose('up', '--detach', '--wait', '--no-deps', ...names);
      await first.catch((error: Error) => {
        throw new Remediable(`Docker could not start ${titles[name]}: ${error.message}`);
      });
      if (!running.has(name)) await compose('up', '--detach', '--wait', '--no-deps', name);
      running.add(name);
      letGo ??= leash(`docker compose -p ${project} stop`);
    },
    async stop() {
      await compose('stop', name);
      ended(name);
    },
    async kill() {
      await compose('kill', name);
      ended(name);
    },
  }));
}
