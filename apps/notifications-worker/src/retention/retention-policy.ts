import type { RetentionSettings } from '@convene/jobs/retention-settings';
import type { RETENTION_ENV } from './retention-env';

/** How many whole months each kind of row is kept after its own; undefined for ever. */
export interface RetentionPolicy {
  /** Events, and the ledger of the reactions to them. */
  readonly eventsMonths: number | undefined;
  readonly notificationsMonths: number | undefined;
  readonly stepsMonths: number;
}

export const RETENTION_POLICY = Symbol('RetentionPolicy');

/**
 * The partitioned tables, each with its months, in the order in which they are dropped: events before their ledger, because an
 * event without ledger rows looks as if nobody had reacted to it.
 */
export function retentionOf(policy: RetentionPolicy): RetentionSettings['retention'] {
  const of = (table: string, months: number | undefined, variable: keyof typeof RETENTION_ENV) => ({
    table,
    months: months ?? null,
    variable,
  });
  return [
    of('notification_steps', policy.stepsMonths, 'NOTIFICATION_STEPS_RETENTION_MONTHS'),
    of('notifications', policy.notificationsMonths, 'NOTIFICATIONS_RETENTION_MONTHS'),
    of('domain_events', policy.eventsMonths, 'EVENTS_RETENTION_MONTHS'),
    of('inbox', policy.eventsMonths, 'EVENTS_RETENTION_MONTHS'),
  ];
}

/** Those that are not kept for ever. */
export function monthsKept(policy: RetentionPolicy): { table: string; months: number }[] {
  return retentionOf(policy).flatMap(({ table, months }) => (months === null ? [] : [{ table, months }]));
}
