import { Injectable } from '@nestjs/common';
import { TurnBatcher } from '@convene/batching/turn-batcher';
import { Database } from '@convene/prisma/database/database';
import { lockPatience } from '@convene/prisma/database/lock-patience';
import { noSql, sql, type Template } from '@convene/prisma/database/sql';

export interface ReactionRegistration {
  readonly name: string;
  readonly eventType: string;
  readonly queue: string;
}

/**
 * `INSERT` of a ledger row, for a statement that writes the row together with the reaction's effects. It returns
 * `event_id`, or no row when the reaction was processed before.
 * @param source `FROM …`: the row is written only if the source has a row.
 */
export function recordDone(eventId: string, reaction: string, source: Template = noSql): Template {
  return sql`
    INSERT INTO inbox (event_id, reaction, state) SELECT ${eventId}::uuid, ${reaction}, 'done' ${source}
    ON CONFLICT DO NOTHING
    RETURNING event_id`;
}

interface ReactionKey {
  readonly eventId: string;
  readonly reaction: string;
}

const MAX_BATCH = 500;

/**
 * The ledger of the consumers (table `inbox`): which reaction to which event is over. A redelivered message finds its
 * row here. It has nothing to do with the inbox of a person.
 */
@Injectable()
export class ProcessedReactions {
  private readonly looks: TurnBatcher<ReactionKey, boolean>;
  private readonly completions: TurnBatcher<ReactionKey, undefined>;

  constructor(private readonly database: Database) {
    this.looks = new TurnBatcher((keys) => this.areOver(keys), { maxWeight: MAX_BATCH });
    this.completions = new TurnBatcher((keys) => this.completeAll(keys), { maxWeight: MAX_BATCH });
  }

  /** Registers reactions, with the time each was first registered and its current queue. Idempotent. */
  async register(reactions: readonly ReactionRegistration[]): Promise<void> {
    await this.database.execute(sql`
      INSERT INTO reactions (name, event_type, queue)
      SELECT r.name, r."eventType", r.queue
      FROM jsonb_to_recordset(${JSON.stringify(reactions)}::jsonb) AS r(name text, "eventType" text, queue text)
      ORDER BY r.name
      ON CONFLICT (name) DO UPDATE SET queue = excluded.queue WHERE reactions.queue <> excluded.queue`);
  }

  /** Also true for a reaction that is dead or was discarded. */
  isOver(eventId: string, reaction: string): Promise<boolean> {
    return this.looks.do({ eventId, reaction });
  }

  /** Records a reaction whose effect is outside PostgreSQL, after the effect. */
  complete(eventId: string, reaction: string): Promise<void> {
    return this.completions.do({ eventId, reaction });
  }

  /** Gives a reaction up for good. @returns false when it is done already, or was discarded: then it is not dead. */
  async markDead(eventId: string, reaction: string, error: string): Promise<boolean> {
    await this.database.execute(sql`
      INSERT INTO inbox (event_id, reaction, state, error) VALUES (${eventId}::uuid, ${reaction}, 'dead', ${error})
      ON CONFLICT DO NOTHING`);
    const rows = await this.database.query<unknown>(sql`
      SELECT 1 AS dead FROM inbox
      WHERE event_id = ${eventId}::uuid AND reaction = ${reaction} AND state = 'dead'`);
    return rows.length > 0;
  }

  private async areOver(keys: readonly ReactionKey[]): Promise<boolean[]> {
    const { ids, reactions } = columnsOf(keys);
    // One look for each, in the partition of its month: `= ANY(…)` in a prepared statement looks in those of all months.
    const rows = await this.database.query<{ position: number }>(sql`
      SELECT asked.position::int FROM unnest(${ids}::uuid[], ${reactions}::text[])
        WITH ORDINALITY AS asked(event_id, reaction, position)
      CROSS JOIN LATERAL (
        SELECT FROM inbox i WHERE i.event_id = asked.event_id AND i.reaction = asked.reaction LIMIT 1) AS over`);
    const over = new Set(rows.map(({ position }) => position));
    return keys.map((_, index) => over.has(index + 1));
  }

  /** In the order of the keys, so that two statements with the same ones wait for each other instead of deadlocking. */
  private async completeAll(keys: readonly ReactionKey[]): Promise<undefined[]> {
    const { ids, reactions } = columnsOf(keys);
    await this.database.execute(sql`
      WITH ${lockPatience(keys.length > 1)}
      INSERT INTO inbox (event_id, reaction, state)
      SELECT event_id, reaction, 'done' FROM patience, unnest(${ids}::uuid[], ${reactions}::text[]) AS done(event_id, reaction)
      ORDER BY event_id, reaction
      ON CONFLICT DO NOTHING`);
    return keys.map(() => undefined);
  }
}

const columnsOf = (keys: readonly ReactionKey[]) => ({
  ids: keys.map(({ eventId }) => eventId),
  reactions: keys.map(({ reaction }) => reaction),
});
