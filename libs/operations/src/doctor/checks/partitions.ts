import { monthsAhead } from '@convene/jobs/partitions-ahead';
import type { Check } from '../check';

/** That coming months have their partitions. */
export const partitions: Check = async ({ database }) => {
  const months = await monthsAhead(database);
  if (months > 0) return [];
  return [
    {
      severity: months < 0 ? 'critical' : 'warning',
      cause: months < 0 ? 'This month has no partition' : 'The next month has no partition',
      evidence: `${months} coming months have all partitions; rows go to the default partition, which is never dropped`,
      remedy: 'The job ensure-partitions of the notifications-worker makes them: does it run, and what does it log?',
      runbook: 'PartitionsRunningOut.md',
    },
  ];
};
