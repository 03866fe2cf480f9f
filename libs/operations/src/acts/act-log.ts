import { Injectable } from '@nestjs/common';
import type { ActView } from '@convene/contracts/ops/acts';
import { reasonOf } from '@convene/observability/logger';
import { SecurityLog } from '@convene/observability/security-log';
import { Database } from '@convene/prisma/database/database';
import type { Queryable } from '@convene/prisma/database/queryable';
import { sql } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';
import { newId } from '@convene/prisma/ids';
import type { Operator } from '../identity/operator-tokens';
import { ACT_COLUMNS, type ActRow, toActView } from './act-view';

/** What an operator is about to do, to what, and why. */
export interface Intent {
  readonly operator: Operator;
  readonly command: string;
  readonly filter: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

export interface ActResult {
  readonly counts: Readonly<Record<string, number>>;
  /** What it could not do. */
  readonly outcome?: string;
}

/** The record of what operators do: a row of `operator_acts`, and a line of the security log. */
@Injectable()
export class ActLog {
  constructor(
    private readonly database: Database,
    private readonly security: SecurityLog,
  ) {}

  /**
   * Does something at once. The row is committed before the work begins, so that nothing is done unrecorded; it stays `running`
   * if the process dies meanwhile.
   */
  async perform(intent: Intent, work: () => Promise<ActResult>): Promise<ActView> {
    const { id } = await this.insert(this.database, intent, null);
    this.note(id, intent);
    const { counts, outcome } = await work().catch(async (error: unknown) => {
      await this.end(id, 'failed', reasonOf(error), {});
      throw error;
    });
    return this.end(id, 'done', outcome, counts);
  }

  /**
   * Records an act on many together with what it is about, which `plan` takes down; a process works through it from then on. An
   * act about nothing is done.
   */
  async begin(
    intent: Intent,
    rate: number,
    plan: (tx: Transaction, actId: string) => Promise<number>,
  ): Promise<ActView> {
    const act = await this.database.transaction(async (tx) => {
      const { id } = await this.insert(tx, intent, rate);
      const planned = await plan(tx, id);
      const nothing = planned === 0 ? 'nothing is dead there that no running act has taken' : null;
      const [row] = await tx.query<ActRow>(sql`
        UPDATE operator_acts SET counts = ${JSON.stringify({ planned })}::jsonb, outcome = ${nothing},
          state = CASE WHEN ${planned}::int = 0 THEN 'done' ELSE 'running' END::"OperatorActState",
          finished_at = CASE WHEN ${planned}::int = 0 THEN clock_timestamp() END
        WHERE id = ${id}::uuid RETURNING ${ACT_COLUMNS}`);
      return row as ActRow;
    });
    this.note(act.id, intent);
    return toActView(act);
  }

  private async insert(
    queryable: Queryable,
    { operator, command, filter, reason }: Intent,
    rate: number | null,
  ): Promise<{ id: string }> {
    const id = newId();
    await queryable.execute(sql`
      INSERT INTO operator_acts (id, operator, command, filter, reason, rate)
      VALUES (${id}::uuid, ${operator.name}, ${command}, ${JSON.stringify(filter)}::jsonb, ${reason}, ${rate})`);
    return { id };
  }

  private note(actId: string, { operator, command, reason }: Intent): void {
    this.security.write({ event: 'operator_act', outcome: 'ok', operator: operator.name, command, actId, reason });
  }

  private async end(
    id: string,
    state: 'done' | 'failed',
    outcome: string | undefined,
    counts: ActResult['counts'],
  ): Promise<ActView> {
    const [row] = await this.database.query<ActRow>(sql`
      UPDATE operator_acts SET state = ${state}::"OperatorActState", outcome = ${outcome ?? null},
        counts = ${JSON.stringify(counts)}::jsonb, finished_at = clock_timestamp()
      WHERE id = ${id}::uuid
      RETURNING ${ACT_COLUMNS}`);
    if (!row) throw new Error(`The act ${id} is not recorded any more`);
    return toActView(row);
  }
}
