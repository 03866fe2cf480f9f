import { CATALOGUE } from '@convene/contracts/catalogue';

/** The topic exchange that every event is published to, under its type. There is no alternate exchange: unroutable is seen. */
export const EXCHANGE = 'domain.events';

/** Every queue, with the app that consumes it. */
export const CONSUMERS = {
  'events.invites': 'invites-worker',
  'events.members': 'members-worker',
  events: 'notifications-worker',
  'notifications.realtimes': 'notifications-worker',
  invites: 'invites-worker',
  'effects.mails': 'notifications-worker',
  'effects.pushes': 'notifications-worker',
  audiences: 'notifications-worker',
} as const;
export type QueueName = keyof typeof CONSUMERS;

export const QUEUES = Object.keys(CONSUMERS) as readonly QueueName[];

/**
 * Direct exchanges that take a message to a queue of an app, or to its dead letters, by the name of that. One for each app, and not the
 * default exchange: a user of the broker may write to all queues through the default exchange, or to none.
 */
export const DIRECT_EXCHANGES: readonly string[] = [...new Set(Object.values(CONSUMERS).map(directExchangeOf))];

export function directExchangeOf(app: string): string {
  return `to.${app}`;
}

/** The queues that an app consumes. */
export const queuesOf = (app: string): QueueName[] => QUEUES.filter((queue) => CONSUMERS[queue] === app);

/**
 * Families with a queue of their own. `events` owns every other family of the catalogue. Work that calls a
 * foreign host has a queue of its own, so that it does not fill the prefetch window of other work while it waits.
 */
const OWNERS: Readonly<Record<string, QueueName>> = {
  invites: 'events.invites',
  memberships: 'events.members',
  invitation_mails: 'invites',
  realtime_deliveries: 'notifications.realtimes',
  account_mails: 'effects.mails',
  digest_mails: 'effects.mails',
  verification_mails: 'effects.mails',
  web_pushes: 'effects.pushes',
  audience_chunks: 'audiences',
};

const families = [...new Set(CATALOGUE.map((event) => event.family))];

/** The queue that an event type's family belongs to: exactly one, so every event is handled once. */
export function queueOf(eventType: string): QueueName {
  return OWNERS[eventType.slice(0, eventType.indexOf('.'))] ?? 'events';
}

/** Routing patterns that bring a queue its families. */
export function bindingsOf(queue: QueueName): string[] {
  return families.filter((family) => queueOf(`${family}.`) === queue).map((family) => `${family}.#`);
}

/** Families that had another queue in an earlier version: a binding that is left would bring each event twice. */
const MOVED: Readonly<Partial<Record<QueueName, readonly string[]>>> = {
  events: ['account_mails', 'digest_mails', 'verification_mails', 'web_pushes'],
};

/** Routing patterns that brought a queue its families in an earlier version. */
export function formerBindingsOf(queue: QueueName): string[] {
  return (MOVED[queue] ?? []).map((family) => `${family}.#`);
}

export const deadLetterQueueOf = (queue: QueueName) => `${queue}.dlq`;

/** Where a message for that queue, or for its dead letters, is published. @throws for any other queue. */
export function addressOf(name: string): { exchange: string; routingKey: string } {
  const queue = QUEUES.find((candidate) => candidate === name || deadLetterQueueOf(candidate) === name);
  if (!queue) throw new Error(`There is no queue ${name}`);
  return { exchange: directExchangeOf(CONSUMERS[queue]), routingKey: name };
}
