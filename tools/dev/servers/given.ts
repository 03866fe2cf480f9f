import { connect as connectAmqp } from 'amqplib';
import { Redis } from 'ioredis';
import { ensureDatabase, targetOf } from '../../prisma/database';
import { UserError } from '../terminal';
import { type ServerHandle, type ServerName, titles } from './server';

const connect: Record<ServerName, (url: string) => Promise<unknown>> = {
  postgres: (url) => ensureDatabase(targetOf(url)),
  redis: connectRedis,
  rabbitmq: async (url) => (await connectAmqp(url, { timeout: 5_000 })).close(),
};

/** A server that runs already, named by a variable: checked once, and otherwise left alone. */
export function givenServer(name: ServerName, variable: string, url: string): ServerHandle {
  return {
    name,
    url,
    origin: `given by ${variable}`,
    isGiven: true,
    async start() {
      // Several brokers may be named, of which one has to answer.
      const attempts = url.split(',').map((part) => Promise.resolve(part.trim()).then(connect[name]));
      await Promise.any(attempts).catch(({ errors }: AggregateError) => {
        const { message, code } = errors[0] as Error & { code?: string };
        throw new UserError(
          `${titles[name]} as named by ${variable} does not answer (${message || code}): start it, correct ${variable}, or unset it to have one started for you.`,
        );
      });
    },
    stop: () => Promise.resolve(),
    kill: () => Promise.reject(new Error(`${titles[name]} is given by ${variable}: not ours to kill`)),
  };
}

async function connectRedis(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  const failed = new Promise<never>((_, reject) => redis.once('error', reject));
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), failed]);
  } finally {
    redis.disconnect();
  }
}
