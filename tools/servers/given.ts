import { connect as connectAmqp } from 'amqplib';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { Remediable, type ServerHandle, type ServerName, titles } from './server';

const checks: Record<ServerName, (url: string) => Promise<void>> = {
  postgres: checkPostgres,
  redis: checkRedis,
  rabbitmq: checkRabbitmq,
};

/** A server that somebody else runs, named by a variable: checked once, and otherwise left alone. */
export function givenServer(name: ServerName, variable: string, url: string): ServerHandle {
  const refuse = () => Promise.reject(new Error(`${titles[name]} is given by ${variable}: not ours to kill`));
  return {
    name,
    url,
    origin: `given by ${variable}`,
    isGiven: true,
    isRunning: true,
    start: async () => {
      const urls = url.split(',').map((part) => part.trim());
      for (const one of urls) checkShape(name, variable, one);
      await Promise.any(urls.map(checks[name])).catch(({ errors }: AggregateError) => {
        throw new Remediable(explain(name, variable, urls, errors[0]));
      });
    },
    stop: () => Promise.resolve(),
    kill: refuse,
  };
}

const schemes: Record<ServerName, string[]> = {
  postgres: ['postgresql:', 'postgres:'],
  redis: ['redis:', 'rediss:'],
  rabbitmq: ['amqp:', 'amqps:'],
};

function checkShape(name: ServerName, variable: string, url: string): void {
  if (URL.canParse(url) && schemes[name].includes(new URL(url).protocol)) return;
  throw new Remediable(
    `${variable} is not a ${titles[name]} URL: it must look like ${schemes[name][0]}//user:password@host:port.`,
  );
}

/** One sentence that names the variable, what is wrong, and what to do. Never the password. */
export function explain(name: ServerName, variable: string, urls: string[], error: unknown): string {
  const { code, message } = error as { code?: string | number; message: string };
  const url = new URL(urls[0] as string);
  const where = `${titles[name]} at ${urls.map((one) => new URL(one).host).join(', ')}`;
  const otherwise = `or unset ${variable} to have one started for you.`;
  if (code === '28P01' || /WRONGPASS|NOAUTH|invalid username|ACCESS_REFUSED|password authentication/.test(message)) {
    const user = url.username ? ` for user "${decodeURIComponent(url.username)}"` : '';
    return `${where} refuses the user or password in ${variable}${user}: correct it, ${otherwise}`;
  }
  if (/vhost/.test(message))
    return `${where} has no vhost "${url.pathname.slice(1)}": correct the path in ${variable}, ${otherwise}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `The host name in ${variable} (${url.hostname}) does not resolve: correct it, ${otherwise}`;
  }
  const reason = code === 'ECONNREFUSED' ? 'nothing listens there' : message || String(code);
  return `${where} (${variable}) does not answer (${reason}): start it, correct ${variable}, ${otherwise}`;
}

const patienceMs = 5_000;

async function checkPostgres(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: patienceMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    // The server is there and lets us in; the database itself is created by the migration.
    if ((error as { code?: string }).code !== '3D000') throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function checkRedis(url: string): Promise<void> {
  const options = { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0, connectTimeout: patienceMs };
  const redis = new Redis(url, options);
  const failed = new Promise<never>((_, reject) => redis.once('error', reject));
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), failed]);
  } finally {
    redis.disconnect();
  }
}

async function checkRabbitmq(url: string): Promise<void> {
  const connection = await connectAmqp(url, { timeout: patienceMs });
  await connection.close();
}
