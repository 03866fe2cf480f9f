import { CATALOGUE } from '@convene/contracts/catalogue';

/** The topic exchange that every event is published to, under its type. There is no alternate exchange: unroutable is seen. */
export const EXCHANGE = 'domain.events';

export const QUEUES = ['events.invites', 'events.members', 'events', 'notifications.realtimes', 'invites'] as const;
export type QueueName = (typeof QUEUES)[number];

/** Families with a queue of their own. `events` owns every other family of the catalogue. */
const OWNERS: Readonly<Record<string, QueueName>> = {
  invites: 'events.invites',
  memberships: 'events.members',
  invitation_mails: 'invites',
  realtime_deliveries: 'notifications.realtimes',
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

export const deadLetterQueueOf = (queue: QueueName) => `${queue}.dlq`;
/**
 * The delay is in the name, because a queue's TTL cannot change: another RABBITMQ_RETRY_BASE_MS makes other queues, and
 * those of before empty themselves.
 */
export const retryQueueOf = (queue: QueueName, delayMs: number) => `${queue}.retry.${delayMs}ms`;
