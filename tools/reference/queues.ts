import {
  bindingsOf,
  CONSUMERS,
  deadLetterQueueOf,
  DIRECT_EXCHANGES,
  EXCHANGE,
  QUEUES,
} from '@convene/messaging/topology/queues';
import {
  DEFAULT_RETRIES,
  levelOf,
  RETRY_EXCHANGE,
  retryDelays,
  RETURN_EXCHANGE,
  UNROUTABLE_DELAY_MS,
  UNROUTABLE_EXCHANGE,
  UNROUTABLE_LEVEL,
} from '@convene/messaging/topology/retry-levels';
import { compactMarkdownTable } from '../dev/markdown-table';

export function queuesReference(): string {
  const mains = QUEUES.map((queue) => [
    `\`${queue}\``,
    CONSUMERS[queue],
    bindingsOf(queue)
      .map((pattern) => `\`${pattern}\``)
      .join(', '),
    `\`${deadLetterQueueOf(queue)}\``,
  ]);
  const levels = retryDelays(DEFAULT_RETRIES).map((delay) => [
    `\`${levelOf(delay)}\``,
    `${delay / 1000} s`,
    `\`${RETURN_EXCHANGE}\``,
  ]);
  const unroutable = [`\`${UNROUTABLE_LEVEL}\``, `${UNROUTABLE_DELAY_MS / 1000} s`, 'the default exchange'];
  const directs = DIRECT_EXCHANGES.map((name) => [
    `\`${name}\``,
    'direct',
    'Messages for a queue of that app, or for its dead letters, under the name of the queue.',
  ]);
  const exchanges = [
    [`\`${EXCHANGE}\``, 'topic', 'Every event, under its type. There is no alternate exchange: unroutable is seen.'],
    ...directs,
    [`\`${RETRY_EXCHANGE}\``, 'headers', 'Failed messages, under the queue they return to, into a retry level.'],
    [`\`${RETURN_EXCHANGE}\``, 'direct', 'Messages of every level whose delay is over, back to their queue.'],
    [`\`${UNROUTABLE_EXCHANGE}\``, 'fanout', `Those whose queue was deleted, to \`${UNROUTABLE_LEVEL}\`.`],
  ];
  return `# Queues and exchanges

Generated from \`libs/messaging/src/topology\` by \`npm run docs:reference\`. All queues are durable quorum queues that refuse publishes instead of
dropping messages (\`x-overflow: reject-publish\`) and dead-letter at least once. Publishers and workers declare them, or a broker
loads them from \`deploy/rabbitmq/definitions.json\` ([secrets](../secrets.md#users-of-the-broker)). With the default
variables there are ${2 * mains.length + levels.length + 1}.

## Exchanges

${compactMarkdownTable(['Name', 'Type', 'Carries'], exchanges)}

## Queues

${compactMarkdownTable(['Name', 'Consumed by', 'Bound to', 'Dead letters'], mains)}

## Retry levels

Shared by all queues ([ADR 0044](../adr/0044-queues-share-their-retry-levels.md)). These are the levels of \`RABBITMQ_RETRY_BASE_MS=${DEFAULT_RETRIES.baseMs}\` and
\`RABBITMQ_RETRY_MAX=${DEFAULT_RETRIES.maxAttempts}\`; other values make other levels. Nobody consumes them.

${compactMarkdownTable(['Name', 'Messages wait', 'Then go to'], [...levels, unroutable])}
`;
}
