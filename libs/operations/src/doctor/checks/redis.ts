import { reasonOf } from '@convene/observability/logger';
import type { Check } from '../check';

const KEY = 'convene:doctor';
const SECONDS = 10;
/** Answers of a server that is there: full, unable to save, or a replica. */
const REFUSALS = /^(OOM|MISCONF|READONLY|NOAUTH|NOPERM|CLUSTERDOWN)/;

/** That it takes a write. */
export const redis: Check = async ({ redis: { commands } }) => {
  try {
    await commands.set(KEY, 'asked', 'EX', SECONDS);
    return [];
  } catch (error) {
    const evidence = reasonOf(error);
    const refuses = REFUSALS.test(evidence);
    return [
      {
        severity: 'warning',
        cause: refuses ? 'Redis takes no writes' : 'Redis does not answer',
        evidence,
        remedy: refuses
          ? 'Its memory or disk is full, it is a replica, or the credentials are not sufficient: INFO and its log tell which'
          : 'Nothing is lost: gateways compare with PostgreSQL every two seconds meanwhile. Bring it back, empty or not',
        runbook: 'RedisDown.md',
      },
    ];
  }
};
