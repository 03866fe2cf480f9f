/** Longest a notification may be out of sight. */
const MAX_SNOOZE_DAYS = 366;

/** @returns the reason why a notification cannot be snoozed until then, or undefined. */
export function snoozeFault(until: Date, now: Date): string | undefined {
  const latest = now.getTime() + MAX_SNOOZE_DAYS * 24 * 60 * 60 * 1000;
  if (until <= now) return 'must be in the future';
  if (until.getTime() > latest) return 'must be within a year';
  return undefined;
}
