import { Injectable } from '@nestjs/common';
import { Database } from '@convene/prisma/database/database';
import { retryInPlace } from '@convene/prisma/database/retry';
import { sql } from '@convene/prisma/database/sql';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { asOutboxRow, type RequestedChunk } from './audience/chunk-request';
import { type NotificationDraft, numbered, type ReactionSubject } from './audience/draft';
import { MAX_RECIPIENTS, recipientsOf } from './audience/recipients';
import { draftsFrom, writeRows, WRITTEN, WRITTEN_ROW } from './audience/written-rows';
import { notificationColumns, type NotificationRow } from './notification-row';
import { recordDone } from './processed-reactions';

export interface CommittedReaction {
  readonly rows: NotificationRow[];
  /** Of a large audience: the event that requests its first chunk, committed with the reaction. */
  readonly chunk: OutboxRow | undefined;
}

/** Writes the notifications of an event. */
@Injectable()
export class NotificationWriter {
  constructor(private readonly database: Database) {}

  /**
   * The whole reaction in one statement: the ledger row, and for each entitled recipient the next seq and the row (see
   * `writeRows`). For more than `MAX_RECIPIENTS` it writes the drafts and the request of the first chunk instead of rows.
   *
   * Example: the counter of a recipient is `last_seq 41, unread_count 3, version 60`. The statement sets it to
   * `42, 4, 61` and writes the row with seq 42. It rolls back as a whole, so every seq has its row and every row its seq.
   * @returns undefined when the reaction was over before.
   */
  async commit(
    event: ReactionSubject,
    reaction: string,
    drafts: readonly NotificationDraft[],
  ): Promise<CommittedReaction | undefined> {
    const recipients = recipientsOf(event, drafts);
    const personal = drafts.some((draft) => draft.personal);
    const found = await retryInPlace(() =>
      this.database.query<(NotificationRow | { eventId: null }) & RequestedChunk>(sql`
      WITH done AS (
        ${recordDone(event.id, reaction)}
      ), composed AS (
        SELECT ${numbered(drafts)}::jsonb AS drafts
      ), ${draftsFrom(sql`(SELECT drafts FROM composed)`)},
      ${recipients.chosen},
      ${writeRows(event, personal)}
      SELECT ${WRITTEN_ROW}, ${recipients.columns}
      FROM done ${recipients.joins}
      LEFT JOIN ${WRITTEN} ON true`),
    );
    const [first] = found;
    if (!first) return undefined;
    const rows = found.filter((row): row is NotificationRow & RequestedChunk => row.eventId !== null);
    return { rows, chunk: asOutboxRow(event, first) };
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
}
