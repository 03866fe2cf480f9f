import { CATALOGUE } from '@convene/contracts/catalogue';

/** The topic exchange that every event is published to, under its type. There is no alternate exchange: unroutable is seen. */
export const EXCHANGE = 'domain.events';

export const QUEUES = [
  'events.invites',
  'events.members',
  'events',
  'notifications.realtimes',
  'invites',
  'effects.mails',
  'effects.pushes',
  'audiences',
] as const;
export type QueueName = (typeof QUEUES)[number];

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
