import type { Unread } from '@convene/contracts/sockets/frames';
import { Injectable } from '@nestjs/common';
import { Prisma } from './generated/client';
import { PrismaService } from './prisma.service';
import { isQuiet } from './quiet-hours';
import { retryInPlace } from './transaction';

/** Who shall be told what. Recipients are named, or found by the role they held at the event's membership version. */
export interface NotificationDraft {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly except: readonly string[];
  readonly code: string;
  readonly params: object;
  /** A person's own words: whoever has blocked the actor does not get them. */
  readonly personal: boolean;
}

/** The event a reaction answers, as far as the store needs it. */
export interface ReactionSubject {
  readonly id: string;
  readonly actorId: string | null;
  readonly companyId: string | null;
  readonly membershipVersion: number | null;
}

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

/**
 * The rest of the audience, where drafts name roles. Statements without the parts they have no use for are planned in a
 * fraction of the time, and once for all executions.
 */
function holders({ companyId, membershipVersion }: ReactionSubject, drafts: readonly NotificationDraft[]): Prisma.Sql {
  const roles = [...new Set(drafts.flatMap((draft) => draft.roles))];
  if (roles.length === 0) return Prisma.empty;
  return Prisma.sql`
          UNION ALL
          SELECT p.user_id FROM membership_periods p
          -- All drafts' roles first, as a constant: that is what the index (company_id, role, to_version) can use.
          WHERE p.company_id = ${companyId}::uuid AND p.role = ANY(${roles}::"Role"[])
            AND p.role::text = ANY(d.roles)
            AND p.from_version <= ${membershipVersion}::int
            AND (p.to_version IS NULL OR ${membershipVersion}::int < p.to_version)`;
}

function unblocked({ actorId }: ReactionSubject, drafts: readonly NotificationDraft[]): Prisma.Sql {
  if (!drafts.some(({ personal }) => personal)) return Prisma.empty;
  return Prisma.sql`
          AND NOT (d.personal AND EXISTS (
            SELECT 1 FROM blocks b WHERE b.blocker_id = entitled.user_id AND b.blocked_id = ${actorId}::uuid))`;
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
   * The whole reaction in one statement: the inbox row, and for each entitled recipient the next seq and the row.
   * Entitled are the named users and those who held a role at the event's membership version; never the actor, the
   * erased, who switched the code off, or has blocked whose words these are (no row, no seq). Counters are locked last
   * and in recipient order, so that statements with overlapping audiences queue up instead of deadlocking.
   * @returns the rows it wrote, or undefined when the reaction was over before.
   */
  async commit(
    event: ReactionSubject,
    reaction: string,
    drafts: readonly NotificationDraft[],
  ): Promise<NotificationRow[] | undefined> {
    const rows = await retryInPlace(
      () => this.prisma.$queryRaw<(NotificationRow | { eventId: null })[]>`
      WITH done AS (
        INSERT INTO inbox (event_id, reaction, state) VALUES (${event.id}::uuid, ${reaction}, 'done')
        ON CONFLICT DO NOTHING
        RETURNING event_id
      ), drafts AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(drafts.map((draft, position) => ({ ...draft, position })))}::jsonb)
          AS d(position int, users uuid[], roles text[], "except" uuid[], code text, params jsonb, personal boolean)
      ), audience AS (
        SELECT DISTINCT ON (entitled.user_id) entitled.user_id, d.code, d.params,
          ${isQuiet(Prisma.sql`statement_timestamp()`)} AS silent
        FROM done CROSS JOIN drafts d
        CROSS JOIN LATERAL (
          SELECT unnest(d.users) AS user_id
          ${holders(event, drafts)}
        ) AS entitled
        JOIN users u ON u.id = entitled.user_id AND u.deleted_at IS NULL
        LEFT JOIN quiet_hours q ON q.user_id = u.id
        WHERE entitled.user_id <> ALL(d."except") AND entitled.user_id IS DISTINCT FROM ${event.actorId}::uuid
          AND NOT EXISTS (
            SELECT 1 FROM preferences off
            WHERE off.user_id = entitled.user_id AND off.code = d.code AND off.channel = 'SOCKET' AND NOT off.enabled)
          ${unblocked(event, drafts)}
        ORDER BY entitled.user_id, d.position
      ), counters AS (
        INSERT INTO inbox_counters (user_id, last_seq, unread_count, version)
        SELECT user_id, 1, 1, 1 FROM audience ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET
          last_seq = inbox_counters.last_seq + 1,
          unread_count = inbox_counters.unread_count + 1,
          version = inbox_counters.version + 1
        RETURNING user_id, last_seq, unread_count, version
      ), written AS (
        INSERT INTO notifications
          (event_id, recipient_user_id, seq, code, params, silent, company_id, sender_user_id, created_at)
        SELECT ${event.id}::uuid, a.user_id, c.last_seq, a.code, a.params, a.silent, ${event.companyId}::uuid,
          ${event.actorId}::uuid, clock_timestamp()
        FROM audience a JOIN counters c USING (user_id)
        RETURNING *
      )
      SELECT w.event_id AS "eventId", w.recipient_user_id AS "recipientUserId", w.seq, w.code, w.params,
        w.company_id AS "companyId", w.sender_user_id AS "senderUserId", w.created_at AS "createdAt", w.read_at AS "readAt",
        w.archived_at AS "archivedAt", w.snoozed_until AS "snoozedUntil", w.silent,
        jsonb_build_object('count', c.unread_count, 'version', c.version) AS unread
      FROM done LEFT JOIN written w ON true LEFT JOIN counters c ON c.user_id = w.recipient_user_id`,
    );
    if (rows.length === 0) return undefined;
    return rows.filter((row): row is NotificationRow => row.eventId !== null);
  }

  /** Those of them whose account was deleted. */
  async deletedAmong(userIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.prisma.$queryRaw<{ id: string }[]>`
      SELECT id FROM users WHERE id = ANY(${userIds}::uuid[]) AND deleted_at IS NOT NULL`;
    return new Set(rows.map(({ id }) => id));
  }

  /** What an event wrote before: for a reaction that was committed, and whose frames may not have been sent. */
  rowsOf(eventId: string): Promise<NotificationRow[]> {
    return this.prisma.notification.findMany({
      where: { eventId, deletedAt: null },
      omit: { deletedAt: true },
    }) as Promise<NotificationRow[]>;
  }
}
