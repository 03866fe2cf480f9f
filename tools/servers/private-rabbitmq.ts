import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../process/child';
import type { Programs } from './programs';
import type { Recipe } from './private-server';
import { freePorts } from './ports';
import { definitions } from './rabbitmq-definitions';

/**
 * A node that knows nothing of a RabbitMQ installed beside it: own name, cookie, ports and port mapper (epmd, which we
 * run in the foreground, since the one Erlang starts by itself outlives the node). No management plugin: it doubles the boot.
 */
export async function rabbitmqRecipe(dir: string, programs: Programs['rabbitmq'], vhosts: number): Promise<Recipe> {
  const [distPort, epmdPort] = (await freePorts(2)) as [number, number];
  const epmdEnv = { ERL_EPMD_PORT: String(epmdPort), ERL_EPMD_ADDRESS: '127.0.0.1' };
  let epmd: Child | undefined;
  return {
    name: 'rabbitmq',
    readyWithinMs: 120_000,
    async prepare(port) {
      for (const part of ['home', 'log', 'data']) mkdirSync(join(dir, part), { recursive: true });
      writeFileSync(join(dir, 'rabbitmq.conf'), config(port, join(dir, 'definitions.json')));
      writeFileSync(join(dir, 'definitions.json'), JSON.stringify(definitions(vhosts)));
      writeFileSync(join(dir, 'plugins'), '[].\n');
      if (epmd?.isRunning) return;
      const env = { ...process.env, ...epmdEnv };
      epmd = await Child.spawn({ program: programs.epmd, args: [], env, stdio: 'ignore', stopSignal: 'SIGTERM' });
    },
    command: () => ({ program: programs.server, args: [], cwd: dir, env: environment(), stopSignal: 'SIGTERM' }),
    isReady: (_port, log) => Promise.resolve(log.includes('Server startup complete')),
    url: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
    ended: () => epmd?.stop().then(() => undefined),
  };

  function environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      LANG: 'C.UTF-8',
      HOME: join(dir, 'home'),
      ...epmdEnv,
      ERL_CRASH_DUMP_BYTES: '0',
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_NODENAME: 'convene@localhost',
      RABBITMQ_DIST_PORT: String(distPort),
      RABBITMQ_MNESIA_BASE: join(dir, 'data'),
      RABBITMQ_LOG_BASE: join(dir, 'log'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'plugins'),
      RABBITMQ_FEATURE_FLAGS_FILE: join(dir, 'feature_flags'),
      RABBITMQ_PID_FILE: join(dir, 'pid'),
      // The script becomes the Erlang process instead of watching over it: one pid, and signals arrive.
      RABBITMQ_ALLOW_INPUT: '1',
      RABBITMQ_SERVER_START_ARGS: '-noinput -kernel inet_dist_use_interface {127,0,0,1}',
      // No busy waiting: an idle broker should cost nothing on a developer's machine.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none +sbwtdcpu none +sbwtdio none',
    };
  }
}

function config(port: number, definitionsFile: string): string {
  return [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    `load_definitions = ${definitionsFile}`,
    'log.console = true',
    'log.file = false',
    'disk_free_limit.absolute = 50MB',
    // 512 MB by default, and memory use follows it.
    'raft.wal_max_size_bytes = 67108864',
    '',
  ].join('\n');
}
