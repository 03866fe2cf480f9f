import type { Check } from '../check';

/** That nobody waits for a connection of the process that answers. That of other processes: their alert. */
export const pool: Check = async ({ host }) => {
  const { waiting, limit } = host.pool();
  if (waiting === 0) return [];
  return [
    {
      severity: 'critical',
      cause: 'The connections of this api-gateway to PostgreSQL are used up',
      evidence: `${waiting} requests wait for one of ${limit}`,
      remedy: 'A transaction that was left open, or a slow statement, holds them: the runbook finds and ends it',
      runbook: 'DatabasePoolExhausted.md',
    },
  ];
};
