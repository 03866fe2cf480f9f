import { Injectable } from '@nestjs/common';
import { TurnBatcher } from '@convene/batching/turn-batcher';
import { Database } from '@convene/prisma/database/database';
import { retryInPlace } from '@convene/prisma/database/retry';
import { sql } from '@convene/prisma/database/sql';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { asOutboxRow, REQUESTED_CHUNK, type RequestedChunk } from './audience/chunk-request';
import { type NotificationDraft, numbered, type ReactionSubject } from './audience/draft';
import { type NamedReaction, recipientsOf, writeNamedAudiences } from './audience/named-audiences';
import { MAX_RECIPIENTS, namedRecipients, possiblyLarge } from './audience/recipients';
import { conditionsOf, draftsFrom, writeRows, WRITTEN, WRITTEN_ROW } from './audience/written-rows';
import { notificationColumns, type NotificationRow } from './notification-row';
import { recordDone } from './processed-reactions';

export interface CommittedReaction {
  readonly rows: NotificationRow[];
  /** Of a large audience: the event that requests its first chunk, committed with the reaction. */
  readonly chunk: OutboxRow | undefined;
}

/** The columns of `notifications` are null in the row of a reaction that notifies no user. */
type FoundRow<Extra> = (NotificationRow | { eventId: null }) & Extra;

const isWritten = <Extra>(row: FoundRow<Extra>): row is NotificationRow & Extra => row.eventId !== null;

/** PostgreSQL returns ids in lower case. */
const keyOf = (eventId: string, reaction: string) => `${eventId.toLowerCase()} ${reaction}`;

/** Recipients that a batch of reactions has at most: each takes a counter, which is locked until the end of the statement. */
const MAX_BATCH = 500;

/** Writes the notifications of an event. */
@Injectable()
export class NotificationWriter {
  private readonly named: TurnBatcher<NamedReaction, CommittedReaction | undefined>;

  constructor(private readonly database: Database) {
    this.named = new TurnBatcher((reactions) => this.commitNamed(reactions), {
      maxWeight: MAX_BATCH,
      weightOf: ({ drafts }) => 1 + (namedRecipients(drafts) ?? 0),
      lockOf: recipientsOf,
    });
  }

  /**
   * The whole reaction in one statement: the ledger row, and for each entitled recipient the next seq and the row (see
   * `writeRows`). Reactions that name their recipients share the statement with others of the same turn. For more than
   * `MAX_RECIPIENTS` it writes the drafts and the request of the first chunk instead of rows.
   *
   * Example: the counter of a recipient is `last_seq 41, unread_count 3, version 60`. The statement sets it to
   * `42, 4, 61` and writes the row with seq 42. It rolls back as a whole, so every seq has its row and every row its seq.
   * @returns undefined when the reaction was over before.
   */
  commit(
    event: ReactionSubject,
    reaction: string,
    drafts: readonly NotificationDraft[],
  ): Promise<CommittedReaction | undefined> {
    const count = namedRecipients(drafts);
    return count !== undefined && count <= MAX_RECIPIENTS
      ? this.named.do({ event, reaction, drafts })
      : this.commitPossiblyLarge({ event, reaction, drafts });
  }

  /**
   * The rows that an event wrote earlier, for a committed reaction whose frames were possibly not sent. Empty for a
   * large audience: its chunks send their own frames.
   */
  async rowsOf(eventId: string): Promise<NotificationRow[]> {
    const rows = await this.database.query<NotificationRow>(sql`
      SELECT ${notificationColumns('n')} FROM notifications n
      WHERE n.event_id = ${eventId}::uuid AND n.deleted_at IS NULL LIMIT ${MAX_RECIPIENTS + 1}`);
    return rows.length > MAX_RECIPIENTS ? [] : rows;
  }

  /** A reaction that is in the batch twice is committed once: for the second it was over before. */
  private async commitNamed(reactions: readonly NamedReaction[]): Promise<(CommittedReaction | undefined)[]> {
    const statement = writeNamedAudiences(reactions);
    const found = await retryInPlace(() =>
      this.database.query<FoundRow<{ doneEventId: string; doneReaction: string }>>(statement),
    );
    const committed = new Map<string, NotificationRow[]>();
    for (const { doneEventId, doneReaction, ...row } of found) {
      const key = keyOf(doneEventId, doneReaction);
      const rows = committed.get(key) ?? [];
      committed.set(key, isWritten(row) ? [...rows, row] : rows);
    }
    return reactions.map(({ event, reaction }) => {
      const key = keyOf(event.id, reaction);
      const rows = committed.get(key);
      committed.delete(key);
      return rows && { rows, chunk: undefined };
    });
  }

  private async commitPossiblyLarge({
    event,
    reaction,
    drafts,
  }: NamedReaction): Promise<CommittedReaction | undefined> {
    const found = await retryInPlace(() =>
      this.database.query<FoundRow<RequestedChunk>>(sql`
      WITH done AS (
        ${recordDone(event.id, reaction)}
      ), composed AS (
        SELECT ${JSON.stringify(numbered(drafts))}::jsonb AS drafts
      ), ${draftsFrom(sql`(SELECT drafts FROM composed)`)},
      ${possiblyLarge(event, drafts)},
      ${writeRows(conditionsOf(drafts))}
      SELECT ${WRITTEN_ROW}, ${REQUESTED_CHUNK}
      FROM done LEFT JOIN requested r ON true
      LEFT JOIN ${WRITTEN} ON true`),
    );
    const [first] = found;
    return first && { rows: found.filter(isWritten), chunk: asOutboxRow(event, first) };
  }
}
