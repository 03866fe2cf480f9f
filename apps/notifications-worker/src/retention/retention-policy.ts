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
export function monthsKept(policy: RetentionPolicy): { table: string; months: number }[] {
  const tables = [
    { table: 'notification_steps', months: policy.stepsMonths },
    { table: 'notifications', months: policy.notificationsMonths },
    { table: 'domain_events', months: policy.eventsMonths },
    { table: 'inbox', months: policy.eventsMonths },
  ];
  return tables.flatMap(({ table, months }) => (months === undefined ? [] : [{ table, months }]));
}
