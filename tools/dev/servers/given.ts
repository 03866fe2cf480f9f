import { connect as connectAmqp } from 'amqplib';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { UserError } from '../terminal';
import { type ServerHandle, type ServerName, titles } from './server';

const CONNECT_TIMEOUT_MS = 5_000;

const checks: Record<ServerName, { schemes: string[]; connect: (url: string) => Promise<void> }> = {
  postgres: { schemes: ['postgresql:', 'postgres:'], connect: checkPostgres },
  redis: { schemes: ['redis:', 'rediss:'], connect: checkRedis },
  rabbitmq: { schemes: ['amqp:', 'amqps:'], connect: checkRabbitmq },
};

/** A server that runs already, named by a variable: checked once, and otherwise left alone. */
export function givenServer(name: ServerName, variable: string, url: string): ServerHandle {
  const { schemes, connect } = checks[name];
  const hasShape = (one: string) => URL.canParse(one) && schemes.includes(new URL(one).protocol);
  return {
    name,
    url,
    origin: `given by ${variable}`,
    isGiven: true,
    start: async () => {
      const urls = url.split(',').map((part) => part.trim());
      if (!urls.every(hasShape)) {
        const shape = `it must look like ${schemes[0]}//user:password@host:port.`;
        throw new UserError(`${variable} is not a ${titles[name]} URL: ${shape}`);
      }
      await Promise.any(urls.map(connect)).catch(({ errors }: AggregateError) => {
        throw new UserError(explain(name, variable, urls, errors[0]));
      });
    },
    stop: () => Promise.resolve(),
    kill: () => Promise.reject(new Error(`${titles[name]} is given by ${variable}: not ours to kill`)),
  };
}

/** One sentence that names the variable, the fault and the remedy. Never the password. */
export function explain(name: ServerName, variable: string, urls: string[], error: unknown): string {
  const { code, message } = error as { code?: string | number; message: string };
  const url = new URL(urls[0] as string);
  const where = `${titles[name]} at ${urls.map((one) => new URL(one).host).join(', ')}`;
  const otherwise = `or unset ${variable} to have one started for you.`;
  if (code === '28P01' || /WRONGPASS|NOAUTH|invalid username|ACCESS_REFUSED|password authentication/.test(message)) {
    const user = url.username ? ` for user "${decodeURIComponent(url.username)}"` : '';
    return `${where} refuses the user or password in ${variable}${user}: correct it, ${otherwise}`;
  }
  if (/vhost/.test(message)) {
    return `${where} has no vhost "${url.pathname.slice(1)}": correct the path in ${variable}, ${otherwise}`;
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `The host name in ${variable} (${url.hostname}) does not resolve: correct it, ${otherwise}`;
  }
  const reason = code === 'ECONNREFUSED' ? 'nothing listens there' : message || String(code);
  return `${where} (${variable}) does not answer (${reason}): start it, correct ${variable}, ${otherwise}`;
}

async function checkPostgres(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    // The server accepts the user; the database itself is created by the migration.
    if ((error as { code?: string }).code !== '3D000') throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function checkRedis(url: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
  });
  const failed = new Promise<never>((_, reject) => redis.once('error', reject));
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), failed]);
  } finally {
    redis.disconnect();
  }
}

async function checkRabbitmq(url: string): Promise<void> {
  const connection = await connectAmqp(url, { timeout: CONNECT_TIMEOUT_MS });
  await connection.close();
}
