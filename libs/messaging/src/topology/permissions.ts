import { CONSUMERS, deadLetterQueueOf, DIRECT_EXCHANGES, directExchangeOf, EXCHANGE, QUEUES, queuesOf } from './queues';
import { RETRY_EXCHANGE } from './retry-levels';

/** What a user of the broker may do with the exchanges and queues of a vhost, as regular expressions. */
export interface Permissions {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/** The apps that connect to the broker: each has a user of its own there. */
export const BROKER_USERS: readonly string[] = [...new Set([...Object.values(CONSUMERS), 'api-gateway'])].sort();

/**
 * What the app's code does, and no more. No app declares: that takes the right to read what a queue dead-letters from, and to write
 * to the default exchange, which leads to all queues.
 *
 * - Every app publishes events: a relay carries those of others, too.
 * - A worker reads its queues, parks failed messages, and puts messages on its own queues and their dead letters.
 * - The api-gateway, as the host of the operator API, puts messages on any queue, and goes through dead letters.
 */
export function permissionsOf(app: string): Permissions {
  const [write, read] =
    app === 'api-gateway'
      ? [[EXCHANGE, ...DIRECT_EXCHANGES], QUEUES.map(deadLetterQueueOf)]
      : [[EXCHANGE, RETRY_EXCHANGE, directExchangeOf(app)], queuesOf(app)];
  return { configure: '^$', write: exactly(write), read: exactly(read) };
}

/** The whole name: RabbitMQ takes an expression that matches a part of a name for a match. */
function exactly(names: readonly string[]): string {
  return `^(${names.map((name) => name.replaceAll('.', '\\.')).join('|')})$`;
}
