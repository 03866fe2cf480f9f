/** The three servers Convene stands on. */
export const serverNames = ['postgres', 'redis', 'rabbitmq'] as const;
export type ServerName = (typeof serverNames)[number];

export const titles: Record<ServerName, string> = { postgres: 'PostgreSQL', redis: 'Redis', rabbitmq: 'RabbitMQ' };

/** One server, wherever it comes from. Its URL is known before it runs and never changes. */
export interface ServerHandle {
  readonly name: ServerName;
  readonly url: string;
  /** For people: "private, .convene/servers/redis", "given by REDIS_URL". */
  readonly origin: string;
  /** Somebody else runs it, and it may hold their data. */
  readonly isGiven?: boolean;
  readonly isRunning: boolean;
  /** Resolves when it answers. Starting again after stop or kill keeps the port and the data. */
  start(): Promise<void>;
  /** Ends in order. Does nothing to a server we did not start. */
  stop(): Promise<void>;
  /** Ends it as a crash would (SIGKILL). Refused for a server we did not start. */
  kill(): Promise<void>;
}

/** `dev` keeps every commit through a power cut; `test` trades that for speed, and still survives any kill -9. */
export type Profile = 'dev' | 'test';

/** Something the person at the keyboard can put right: printed as one clear sentence, without a stack. */
export class Remediable extends Error {}
