import { z } from 'zod';
import { integer } from '@convene/config/fields';

/** `drop_event_partition` refuses to drop this month and the two before. */
const MIN_MONTHS = 2;
const MAX_MONTHS = 1_200;
const MAX_DAYS = 36_500;

const months = () =>
  z.coerce
    .number()
    .int()
    .min(MIN_MONTHS)
    .max(MAX_MONTHS)
    .optional()
    .describe(`expected a whole number from ${MIN_MONTHS} to ${MAX_MONTHS}, or nothing to keep every month`);

export const RETENTION_ENV = {
  EVENTS_RETENTION_MONTHS: months(),
  NOTIFICATIONS_RETENTION_MONTHS: months(),
  NOTIFICATION_STEPS_RETENTION_MONTHS: integer(6, MIN_MONTHS, MAX_MONTHS),
  /** `purge_ended_sessions` refuses to delete those of the last week. */
  ENDED_SESSIONS_RETENTION_DAYS: integer(90, 7, MAX_DAYS),
  DECIDED_INVITES_RETENTION_DAYS: integer(365, 30, MAX_DAYS),
};
