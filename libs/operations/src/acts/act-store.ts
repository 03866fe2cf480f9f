import { Injectable } from '@nestjs/common';
import type { ActState } from '@convene/contracts/ops/acts';
import type { DeadLetterFilter } from '@convene/contracts/ops/dead-letters';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import type { Transaction } from '@convene/prisma/database/transaction';
import { deadReactions } from '../dead-letters/dead-reactions';

/** An act on dead reactions, for the process that has its lease. */
export interface BatchAct {
  readonly id: string;
  readonly command: string;
  readonly rate: number;
}

/** The rows of `operator_acts` and `operator_act_items` of acts on many. All times are the database's. */
@Injectable()
export class ActStore {
  constructor(private readonly database: Database) {}

  /**
   * Takes down what the act is about: the dead reactions of this moment that no running act has taken down. Acts are planned one at a
   * time, so of two clicks at once the second finds nothing. @returns how many.
   */
  async plan(tx: Transaction, actId: string, filter: DeadLetterFilter): Promise<number> {
    await tx.query(sql`SELECT pg_advisory_xact_lock(hashtext('operator_acts'))`);
    return tx.execute(sql`
      INSERT INTO operator_act_items (act_id, event_id, reaction, error)
      SELECT ${actId}::uuid, i.event_id, i.reaction, i.error ${deadReactions(filter)}
        AND NOT EXISTS (
          SELECT FROM operator_act_items o JOIN operator_acts a ON a.id = o.act_id
          WHERE o.event_id = i.event_id AND o.reaction = i.reaction
            AND (o.state IN ('taken', 'sent') OR (o.state = 'planned' AND a.state = 'running')))`);
  }

  /** Takes the lease of an act that has something left to do and that no other process works on. */
  async claim(owner: string, leaseMs: number): Promise<BatchAct | undefined> {
    const [act] = await this.database.query<BatchAct>(sql`
      UPDATE operator_acts SET lease_owner = ${owner}, lease_until = now() + ${leaseMs} * interval '1 millisecond'
      WHERE id = (
        SELECT id FROM operator_acts a
        WHERE rate IS NOT NULL AND (lease_until IS NULL OR lease_until < now())
          AND (state = 'running' OR (state = 'aborted' AND EXISTS (
            SELECT FROM operator_act_items i WHERE i.act_id = a.id AND i.state IN ('taken', 'sent'))))
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING id, command, rate`);
    return act;
  }

  /** @returns false when another process has taken the lease over. */
  async renew(id: string, owner: string, leaseMs: number): Promise<boolean> {
    const renewed = await this.database.execute(sql`
      UPDATE operator_acts SET lease_until = now() + ${leaseMs} * interval '1 millisecond'
      WHERE id = ${id}::uuid AND lease_owner = ${owner}`);
    return renewed > 0;
  }

  async release(id: string, owner: string): Promise<void> {
    await this.database.execute(sql`
      UPDATE operator_acts SET lease_owner = NULL, lease_until = NULL WHERE id = ${id}::uuid AND lease_owner = ${owner}`);
  }

  /** Counts the items of an act that changes hands. From then on its counts follow each change (`moveItems`). */
  async recount(id: string): Promise<void> {
    await this.database.execute(sql`
      UPDATE operator_acts SET counts = (
        SELECT coalesce(jsonb_object_agg(state, number), '{}') FROM (
          SELECT state, count(*) AS number FROM operator_act_items WHERE act_id = ${id}::uuid GROUP BY state) AS states)
      WHERE id = ${id}::uuid`);
  }

  /** What is left of an act, and whether it goes on taking. */
  async left(id: string): Promise<{ isRunning: boolean; planned: number; open: number }> {
    const [row] = await this.database.query<{ state: ActState; counts: Record<string, number> }>(sql`
      SELECT state, counts FROM operator_acts WHERE id = ${id}::uuid`);
    if (!row) throw new Error(`The act ${id} is not recorded any more`);
    const { planned = 0, taken = 0, sent = 0 } = row.counts;
    return { isRunning: row.state === 'running', planned, open: taken + sent };
  }

  /** An act that was aborted meanwhile stays so. */
  async finish(id: string, outcome: string | null): Promise<void> {
    await this.database.execute(sql`
      UPDATE operator_acts SET state = 'done', outcome = ${outcome}, finished_at = clock_timestamp()
      WHERE id = ${id}::uuid AND state = 'running'`);
  }

  /** Why some of them are impossible, each with a number, the most frequent first. */
  async impossible(id: string): Promise<string | null> {
    const rows = await this.database.query<{ error: string; count: number }>(sql`
      SELECT error, count(*)::int AS count FROM operator_act_items
      WHERE act_id = ${id}::uuid AND state = 'impossible' GROUP BY error ORDER BY 2 DESC`);
    return rows.length === 0 ? null : rows.map(({ error, count }) => `${count} impossible: ${error}`).join('; ');
  }
}
