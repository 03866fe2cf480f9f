import type { ActState, ActView } from '@convene/contracts/ops/acts';
import { sql } from '@convene/prisma/database/sql';

export interface ActRow {
  readonly id: string;
  readonly operator: string;
  readonly command: string;
  readonly filter: Record<string, unknown>;
  readonly reason: string;
  readonly state: ActState;
  readonly outcome: string | null;
  readonly counts: Record<string, number>;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** The columns of `operator_acts` that make an `ActRow`. */
export const ACT_COLUMNS = sql`id, operator, command, filter, reason, state, outcome, counts, created_at AS "createdAt",
  finished_at AS "finishedAt"`;

export function toActView({ createdAt, finishedAt, ...row }: ActRow): ActView {
  return { ...row, createdAt: createdAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null };
}
