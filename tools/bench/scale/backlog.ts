import { setTimeout as pause } from 'node:timers/promises';
import { InboxRows } from '@convene/testing/inbox-rows';
import type { Undo } from '../../dev/terminal';

const LOOK_EVERY_MS = 200;
const TIMEOUT_MS = 180_000;
/** Users who are notified in turn, so that inboxes wait for each other as seldom as those of a deployment. */
const RECIPIENTS = 500;

/** Events of one kind, each with one reaction that writes one notification, and no other that a worker consumes. */
export interface EventKind {
  readonly type: string;
  readonly payload: object;
  /** The field of the payload that names who is notified. */
  readonly recipient: string;
}

/** Commits events of a kind, and waits for what becomes of them. */
export class Backlog {
  private constructor(
    private readonly rows: InboxRows,
    private readonly kind: EventKind,
    private readonly companyId: string,
    /** Nobody is notified of what they did themselves: none of the recipients. */
    private readonly actorId: string,
    private readonly userIds: readonly string[],
  ) {}

  static async create(databaseUrl: string, kind: EventKind, undo: Undo): Promise<Backlog> {
    const rows = await InboxRows.connect(databaseUrl);
    undo.push(() => rows.end());
    const actor = await rows.user();
    const users = await rows.users(RECIPIENTS);
    const companyId = await rows.company(actor, ...users);
    return new Backlog(
      rows,
      kind,
      companyId,
      actor.id,
      users.map(({ id }) => id),
    );
  }

  /** Commits `count` events, and resolves once a relay has published them all. */
  async publish(count: number): Promise<void> {
    await this.rows.query(
      `INSERT INTO domain_events (id, type, payload, actor_id, company_id, membership_version)
       SELECT next_event_id(n), $2, $3::jsonb || jsonb_build_object($4::text, user_id, 'companyId', $5::uuid), $6, $5::uuid, 1
       FROM generate_series(1, $1::int) AS n, LATERAL (SELECT ($7::uuid[])[1 + n % $8::int] AS user_id) AS recipient`,
      [
        count,
        this.kind.type,
        this.kind.payload,
        this.kind.recipient,
        this.companyId,
        this.actorId,
        this.userIds,
        RECIPIENTS,
      ],
    );
    await this.until(
      'published',
      'SELECT count(*)::int AS n FROM domain_events WHERE published_at IS NULL',
      (n) => n === 0,
    );
  }

  get notifications(): Promise<number> {
    return this.count('SELECT sum(last_seq)::int AS n FROM inbox_counters');
  }

  /** Resolves when there are so many notifications in all. */
  async notified(count: number): Promise<void> {
    await this.until('notified', 'SELECT sum(last_seq)::int AS n FROM inbox_counters', (n) => n >= count);
  }

  private async count(statement: string): Promise<number> {
    const [row] = await this.rows.query<{ n: number | null }>(statement);
    return row?.n ?? 0;
  }

  private async until(what: string, statement: string, isDone: (count: number) => boolean): Promise<void> {
    for (const end = Date.now() + TIMEOUT_MS; Date.now() < end; await pause(LOOK_EVERY_MS)) {
      if (isDone(await this.count(statement))) return;
    }
    throw new Error(`Not all events were ${what} within ${TIMEOUT_MS / 1_000} s`);
  }
}
