import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '@convene/testing/find-program';
import { Child } from '../child-process';
import { portsOf, PrivateServer } from './private-server';
import { rabbitmqDefinitions, type ServerOptions } from './server';

/**
 * A node that is separate from a RabbitMQ installed beside it: own name, cookie, ports and port mapper (epmd, run in the
 * foreground, since the one Erlang starts by itself outlives the node). No management plugin: it doubles the boot.
 */
export async function privateRabbitmq(dir: string, options: ServerOptions): Promise<PrivateServer | undefined> {
  // Debian's /usr/sbin/rabbitmq-server is a wrapper that switches user.
  const program = findProgram('rabbitmq-server', ['/usr/lib/rabbitmq/bin']);
  const epmdProgram = findProgram('epmd');
  if (!program || !epmdProgram) return undefined;
  // The port between nodes is held until the node has ended, unlike that of its clients.
  const [port, distPort, ownEpmdPort] = await portsOf(dir);
  const { name = NODE, cookie, epmdPort = ownEpmdPort } = options.rabbitmqNode ?? {};
  const epmdEnv = { ERL_EPMD_PORT: String(epmdPort), ERL_EPMD_ADDRESS: '127.0.0.1' };
  let epmd: Child | undefined;
  return new PrivateServer(dir, port, {
    name: 'rabbitmq',
    program,
    args: [],
    cwd: dir,
    env: { ...environment(dir, distPort), RABBITMQ_NODENAME: name, ...epmdEnv },
    async prepare() {
      for (const part of ['home', 'log', 'data']) mkdirSync(join(dir, part), { recursive: true });
      writeFileSync(
        join(dir, 'rabbitmq.conf'),
        config(port, join(dir, 'definitions.json')) + (options.rabbitmqConfig ?? ''),
      );
      writeFileSync(join(dir, 'definitions.json'), rabbitmqDefinitions(options));
      writeFileSync(join(dir, 'plugins'), '[].\n');
      const cookieFile = join(dir, 'home/.erlang.cookie');
      if (cookie && !existsSync(cookieFile)) writeFileSync(cookieFile, cookie, { mode: 0o400 });
      if (epmd?.isRunning) return;
      const env = { ...process.env, ...epmdEnv };
      epmd = await Child.spawn({ program: epmdProgram, args: [], env, stdio: 'ignore' });
    },
    afterStop: () => epmd?.stop(),
  });
}

const NODE = 'convene@localhost';

const environment = (dir: string, distPort: number): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  LANG: 'C.UTF-8',
  HOME: join(dir, 'home'),
  ERL_CRASH_DUMP_BYTES: '0',
  RABBITMQ_CONF_ENV_FILE: '/dev/null',
  RABBITMQ_DIST_PORT: String(distPort),
  RABBITMQ_MNESIA_BASE: join(dir, 'data'),
  RABBITMQ_LOG_BASE: join(dir, 'log'),
  RABBITMQ_LOGS: '-',
  RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
  RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'plugins'),
  RABBITMQ_FEATURE_FLAGS_FILE: join(dir, 'feature_flags'),
  RABBITMQ_PID_FILE: join(dir, 'pid'),
  // The script becomes the Erlang process instead of supervising it: one pid, and signals arrive.
  RABBITMQ_ALLOW_INPUT: '1',
  RABBITMQ_SERVER_START_ARGS: '-noinput -kernel inet_dist_use_interface {127,0,0,1}',
  // No busy waiting: an idle broker should cost nothing on a developer's machine.
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none +sbwtdcpu none +sbwtdio none',
});

const config = (port: number, definitionsFile: string): string => `
listeners.tcp.1 = 127.0.0.1:${port}
load_definitions = ${definitionsFile}
log.console = true
log.file = false
disk_free_limit.absolute = 50MB
# 512 MB by default, and memory use follows it.
raft.wal_max_size_bytes = 67108864
`;
