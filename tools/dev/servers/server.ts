/** The three servers Convene needs. */
export const serverNames = ['postgres', 'redis', 'rabbitmq'] as const;
export type ServerName = (typeof serverNames)[number];

export const titles: Record<ServerName, string> = { postgres: 'PostgreSQL', redis: 'Redis', rabbitmq: 'RabbitMQ' };

/** The variables of the apps. */
export const serverVariables: Record<ServerName, string> = {
  postgres: 'DATABASE_URL',
  redis: 'REDIS_URL',
  rabbitmq: 'RABBITMQ_URL',
};

/** One server, wherever it comes from. Its URL is known before it runs and never changes. */
export interface ServerHandle {
  readonly name: ServerName;
  readonly url: string;
  /** For display: "private, .convene/servers/redis", "given by REDIS_URL". */
  readonly origin: string;
  /** It ran before, and may hold data that is not ours. */
  readonly isGiven?: boolean;
  /** Resolves when it answers. Starting again after stop or kill keeps the port and the data. */
  start(): Promise<void>;
  /** Ends in order. Does nothing to a given server. */
  stop(): Promise<void>;
  /** Ends it as a crash would (SIGKILL). Refused for a given server. */
  kill(): Promise<void>;
}

/** `dev` keeps every commit through a power cut; `test` trades that for speed, and still survives any kill -9. */
export type Profile = 'dev' | 'test';

/** For servers that are ours. */
export interface ServerOptions {
  profile: Profile;
  /** Extra RabbitMQ vhosts `t1` … `tN`. */
  vhosts?: number;
  /** More lines of rabbitmq.conf, of a private instance. */
  rabbitmqConfig?: string;
  /** Of a node in a cluster: all nodes have the same cookie and port mapper. */
  rabbitmqNode?: { readonly name: string; readonly cookie: string; readonly epmdPort: number };
}

/**
 * fsync off loses data only with the operating system, never with a process: what was written is in the system's cache.
 * synchronous_commit stays on in both, because its loss would show after a kill -9.
 */
const postgresSettings: Record<Profile, Record<string, string>> = {
  dev: { max_connections: '200' },
  test: { max_connections: '400', fsync: 'off', full_page_writes: 'off', checkpoint_timeout: '30min' },
};

export const postgresFlags = (profile: Profile, more: Record<string, string> = {}): string[] =>
  Object.entries({ ...postgresSettings[profile], ...more }).map((pair) => `--${pair.join('=')}`);

/** Append-only, so that a restart (even after kill -9) keeps what was written. Each spec file may have a database of its own. */
const redisSettings = { appendonly: 'yes', appendfsync: 'everysec', save: '', databases: '512' };

export const redisFlags = (more: Record<string, string>): string[] =>
  Object.entries({ ...redisSettings, ...more }).flatMap(([key, value]) => [`--${key}`, value]);

/** What RabbitMQ loads at boot: user guest/guest, the default vhost, and `t1` … `tN` for tests (about 40 ms of boot each). */
export function rabbitmqDefinitions({ vhosts = 0 }: ServerOptions): string {
  const names = ['/', ...Array.from({ length: vhosts }, (_, index) => `t${index + 1}`)];
  return JSON.stringify({
    users: [{ name: 'guest', password: 'guest', tags: ['administrator'] }],
    vhosts: names.map((name) => ({ name })),
    permissions: names.map((vhost) => ({ user: 'guest', vhost, configure: '.*', write: '.*', read: '.*' })),
  });
}

export const urlOf: Record<ServerName, (port: number) => string> = {
  postgres: (port) => `postgresql://convene:convene@127.0.0.1:${port}/convene`,
  redis: (port) => `redis://127.0.0.1:${port}`,
  rabbitmq: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
};

/** Logged by each once it answers, which may be later than its port is open. */
export const readyLines: Record<ServerName, RegExp> = {
  postgres: /database system is ready to accept connections/,
  redis: /Ready to accept connections/,
  rabbitmq: /Server startup complete/,
};
