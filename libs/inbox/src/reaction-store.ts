import type { Unread } from '@convene/contracts/frames';
import { Injectable } from '@nestjs/common';
import { asOutboxRow, NO_CHUNK, REQUESTED_CHUNK, requestChunk, type RequestedChunk } from './audience/chunk-request';
import { type NotificationDraft, numbered, type ReactionSubject } from './audience/draft';
import { pageOfAudience, START } from './audience/page';
import { draftsFrom, WRITTEN, WRITTEN_ROW, writeRows } from './audience/written-rows';
import { Prisma } from '@convene/prisma/generated/client';
import type { OutboxRow } from '@convene/prisma/outbox-row';
import { PrismaService } from '@convene/prisma/prisma.service';
import { retryInPlace } from '@convene/prisma/transaction';

export type { NotificationDraft, ReactionSubject };

export interface NotificationRow {
  eventId: string;
  recipientUserId: string;
  seq: bigint;
  code: string;
  params: Record<string, unknown>;
  companyId: string | null;
  senderUserId: string | null;
  createdAt: Date;
  readAt: Date | null;
  archivedAt: Date | null;
  snoozedUntil: Date | null;
  /** Came in the recipient's quiet hours. */
  silent: boolean;
  /** The recipient's count as of this row: known to who wrote it, absent on rows read back. */
  unread?: Unread;
}

export interface ReactionRegistration {
  readonly name: string;
  readonly eventType: string;
  readonly queue: string;
}

/** Recipients that a reaction writes itself. A larger audience is left to a lane of its own, so that nothing waits behind it. */
export const MAX_CONCURRENT = 100;

export interface CommittedReaction {
  readonly rows: NotificationRow[];
  /** The audience is large: the event that requests its first chunk, committed with the reaction. */
  readonly chunk: OutboxRow | undefined;
}

/** The inbox: which reaction to which event is over, and the notification rows that came of it. */
@Injectable()
export class ReactionStore {
  constructor(private readonly prisma: PrismaService) {}

  /** Makes reactions known, with the moment each first existed, and the queue it is at now. Idempotent. */
  async register(reactions: readonly ReactionRegistration[]): Promise<void> {
    await this.prisma.$executeRaw`
      INSERT INTO reactions (name, event_type, queue)
      SELECT r.name, r."eventType", r.queue
      FROM jsonb_to_recordset(${JSON.stringify(reactions)}::jsonb) AS r(name text, "eventType" text, queue text)
      ORDER BY r.name
      ON CONFLICT (name) DO UPDATE SET queue = excluded.queue WHERE reactions.queue <> excluded.queue`;
  }

  async isOver(eventId: string, reaction: string): Promise<boolean> {
    const rows = await this.prisma.$queryRaw<unknown[]>`
      SELECT 1 AS over FROM inbox WHERE event_id = ${eventId}::uuid AND reaction = ${reaction}`;
    return rows.length > 0;
  }

  /** Records that a reaction with an effect outside PostgreSQL has happened. */
  async complete(eventId: string, reaction: string): Promise<void> {
    await this.prisma.$executeRaw`
      INSERT INTO inbox (event_id, reaction, state) VALUES (${eventId}::uuid, ${reaction}, 'done')
      ON CONFLICT DO NOTHING`;
  }

  /** Gives a reaction up for good. @returns false when it is done already, or was discarded: then nothing is given up. */
  async bury(eventId: string, reaction: string, error: string): Promise<boolean> {
    await this.prisma.$executeRaw`
      INSERT INTO inbox (event_id, reaction, state, error) VALUES (${eventId}::uuid, ${reaction}, 'dead', ${error})
      ON CONFLICT DO NOTHING`;
    const rows = await this.prisma.$queryRaw<unknown[]>`
      SELECT 1 AS dead FROM inbox
      WHERE event_id = ${eventId}::uuid AND reaction = ${reaction} AND state = 'dead'`;
    return rows.length > 0;
  }

  /**
   * The whole reaction in one statement: the ledger row, and for each entitled recipient the next seq and the row (see
   * `writeRows`); or, where there are too many, what is told, kept for the chunks, and the request of the first of them.
   * @returns undefined when the reaction was over before.
   */
  async commit(
    event: ReactionSubject,
    reaction: string,
    drafts: readonly NotificationDraft[],
  ): Promise<CommittedReaction | undefined> {
    const roles = [...new Set(drafts.flatMap((draft) => draft.roles))];
    const named = new Set(drafts.flatMap((draft) => draft.users)).size;
    const statement =
      roles.length > 0 || named > MAX_CONCURRENT ? maybeLarge(event, roles.length > 0 ? roles : NOBODY) : small();
    const personal = drafts.some((draft) => draft.personal);
    const found = await retryInPlace(
      () => this.prisma.$queryRaw<((NotificationRow | { eventId: null }) & RequestedChunk)[]>`
      WITH done AS (
        INSERT INTO inbox (event_id, reaction, state) VALUES (${event.id}::uuid, ${reaction}, 'done')
        ON CONFLICT DO NOTHING
        RETURNING event_id
      ), told AS (
        SELECT ${numbered(drafts)}::jsonb AS drafts
      ), ${draftsFrom(Prisma.sql`(SELECT drafts FROM told)`)},
      ${statement.chosen},
      ${writeRows(event, personal)}
      SELECT ${WRITTEN_ROW}, ${statement.columns}
      FROM done ${statement.joins}
      LEFT JOIN ${WRITTEN} ON true`,
    );
    const [first] = found;
    if (!first) return undefined;
    const rows = found.filter((row): row is NotificationRow & RequestedChunk => row.eventId !== null);
    return { rows, chunk: asOutboxRow(event, first) };
  }

  /** Those of them whose account was deleted. */
  async deletedAmong(userIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.prisma.$queryRaw<{ id: string }[]>`
      SELECT id FROM users WHERE id = ANY(${userIds}::uuid[]) AND deleted_at IS NOT NULL`;
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * What an event wrote before: for a reaction that was committed, and whose frames may not have been sent. None of a
   * large audience, whose chunks send their own.
   */
  async rowsOf(eventId: string): Promise<NotificationRow[]> {
    const rows = await this.prisma.notification.findMany({
      where: { eventId, deletedAt: null },
      omit: { deletedAt: true },
      take: MAX_CONCURRENT + 1,
    });
    return rows.length > MAX_CONCURRENT ? [] : (rows as NotificationRow[]);
  }
}

/** The parts in which the statements differ: each has only what it needs, and is planned once for all executions. */
interface Parts {
  readonly chosen: Prisma.Sql;
  readonly columns: Prisma.Sql;
  readonly joins: Prisma.Sql;
}

/** For some named people. */
function small(): Parts {
  const chosen = Prisma.sql`
      chosen AS (
        SELECT unnest(d.users) AS user_id, d.position FROM done CROSS JOIN drafts d
      )`;
  return { chosen, columns: NO_CHUNK, joins: Prisma.empty };
}

/** Stands in for the roles of an audience that names all its recipients. */
const NOBODY = ['OWNER'];

/** For whoever holds a role, or is among many: it reads one more than it may write, and so knows. */
function maybeLarge(event: ReactionSubject, roles: readonly string[]): Parts {
  const large = Prisma.sql`(SELECT count(*) FROM page) > ${MAX_CONCURRENT}`;
  const chosen = Prisma.sql`
      ${pageOfAudience(event, roles, { after: START, limit: MAX_CONCURRENT + 1 })},
      chosen AS (
        SELECT a.user_id, a.position FROM done CROSS JOIN addressed a WHERE NOT ${large}
      ), kept AS (
        INSERT INTO audiences (event_id, drafts) SELECT done.event_id, told.drafts FROM done CROSS JOIN told WHERE ${large}
      ), ${requestChunk(event, Prisma.sql`${START}::text`, large)}`;
  return { chosen, columns: REQUESTED_CHUNK, joins: Prisma.sql`LEFT JOIN requested r ON true` };
}
