import { Injectable } from '@nestjs/common';
import { Database } from '@convene/prisma/database/database';
import { retryInPlace } from '@convene/prisma/database/retry';
import { sql } from '@convene/prisma/database/sql';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { notificationColumns, type NotificationRow } from '../notification-row';
import { ProcessedReactions, recordDone } from '../processed-reactions';
import { asOutboxRow, requestChunk, REQUESTED_CHUNK, type RequestedChunk } from './chunk-request';
import type { ReactionSubject } from './draft';
import { pageOfAudience } from './page';
import { ALL_CONDITIONS, draftsFrom, subjectColumns, writeRows, WRITTEN, WRITTEN_ROW } from './written-rows';

/** Recipients per statement: it takes some tens of milliseconds, whatever the size of the audience. */
export const CHUNK = 500;

const ROLES = ['OWNER', 'ADMIN', 'MEMBER'];

/**
 * A chunk of an audience: the next `CHUNK` recipients in order of ids.
 *
 * Example: an audience of 1,200. The reaction requests the chunk after the nil id; it writes 500 rows and requests the
 * chunk after the id of the 500th recipient; that writes 500 and requests the last one, which writes 200 and requests none.
 */
export interface Chunk {
  /** The event that requested the chunk: its key in the ledger. */
  readonly id: string;
  readonly after: string;
  /** The event that the notifications are about. */
  readonly subject: ReactionSubject;
}

export interface WrittenChunk {
  readonly rows: NotificationRow[];
  /** The event that requests the next chunk, committed with this one; undefined after the last. */
  readonly next: OutboxRow | undefined;
}

/** Writes large audiences, a chunk at a time. */
@Injectable()
export class AudienceStore {
  private readonly processed: ProcessedReactions;

  constructor(private readonly database: Database) {
    this.processed = new ProcessedReactions(database);
  }

  /**
   * A whole chunk in one statement: its ledger row, the rows of its recipients as `NotificationWriter.commit` writes them,
   * and the request of the next chunk. The statement locks the drafts, so an erasure runs either before or after it.
   * @returns undefined when the chunk was over before.
   * @throws Error when the drafts of the event are missing.
   */
  async write({ id, after, subject }: Chunk, reaction: string): Promise<WrittenChunk | undefined> {
    const full = sql`(SELECT count(*) FROM page) = ${CHUNK}`;
    const last = sql`(SELECT user_id::text FROM page ORDER BY user_id DESC LIMIT 1)`;
    const found = await retryInPlace(() =>
      this.database.query<(NotificationRow | { eventId: null }) & RequestedChunk>(sql`
      WITH kept AS (
        SELECT drafts FROM audiences WHERE event_id = ${subject.id}::uuid FOR UPDATE
      ), done AS (
        ${recordDone(id, reaction, sql`FROM kept`)}
      ), ${draftsFrom(sql`(SELECT drafts FROM kept)`)},
      ${pageOfAudience(subject, ROLES, { after, limit: CHUNK })},
      chosen AS (
        SELECT ${subjectColumns(subject)}, page.user_id, d.*
        FROM done CROSS JOIN addressed a JOIN page USING (user_id) JOIN drafts d USING (position)
      ), ${writeRows(ALL_CONDITIONS)},
      ${requestChunk(subject, last, full)},
      over AS (
        DELETE FROM audiences WHERE event_id = ${subject.id}::uuid AND EXISTS (SELECT FROM done) AND NOT ${full}
      )
      SELECT ${WRITTEN_ROW}, ${REQUESTED_CHUNK}
      FROM done LEFT JOIN requested r ON true
      LEFT JOIN ${WRITTEN} ON true`),
    );
    const [first] = found;
    if (!first) return this.overBefore(id, reaction, subject.id);
    const rows = found.filter((row): row is NotificationRow & RequestedChunk => row.eventId !== null);
    return { rows, next: asOutboxRow(subject, first) };
  }

  /** The rows of a chunk that is over, for its frames: some of them were possibly not sent. */
  rowsOf({ after, subject }: Chunk): Promise<NotificationRow[]> {
    return this.database.query<NotificationRow>(sql`
      SELECT ${notificationColumns('n')} FROM notifications n
      WHERE n.event_id = ${subject.id}::uuid AND n.recipient_user_id > ${after}::uuid AND n.deleted_at IS NULL
      ORDER BY n.recipient_user_id LIMIT ${CHUNK}`);
  }

  private async overBefore(id: string, reaction: string, eventId: string): Promise<undefined> {
    if (!(await this.processed.isOver(id, reaction)))
      throw new Error(`The drafts of event ${eventId} are missing: its chunk is retried`);
  }
}
