import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { keyOf, keyOfFrame, type NotificationKey, type Person } from './workload/person';

/** Everything that must be empty, or zero, after every fault; and how long it took to become so. */
export interface Verdict {
  /** Notifications of accepted operations that are in no inbox. */
  readonly lost: string[];
  /** Notifications that are in an inbox more often than operations asked for them. */
  readonly doubled: string[];
  /** Notifications of no committed event. */
  readonly orphans: string[];
  /** Inboxes whose seqs are not 1 to the head. */
  readonly gaps: string[];
  /** What devices observed that the promise excludes, and devices whose frames are not their inbox in its order. */
  readonly devices: string[];
  /** Events of the outbox that are not published, and reactions that are not over. */
  readonly open: string[];
  /** Reactions that ended as dead. */
  readonly dead: string[];
  /** From the end of the fault until nothing was missing or open, or until the checker gave up. */
  readonly healedMs: number;
}

const CHECK_EVERY_MS = 100;

export const isKept = ({ lost, doubled, orphans, gaps, devices, open, dead }: Verdict) =>
  [lost, doubled, orphans, gaps, devices, open, dead].every(({ length }) => length === 0);

/**
 * Compares what the callers know to be accepted with the rows in PostgreSQL and the frames on the devices. It knows
 * nothing of how Convene works, but for the tables.
 */
export class Checker {
  constructor(
    private readonly db: () => Promise<Client>,
    private readonly people: readonly Person[],
  ) {}

  /** Waits until everything has arrived and nothing is open, for at most `withinMs`; then compares everything. */
  async verdict(withinMs: number): Promise<Verdict> {
    const from = Date.now();
    const db = await this.db();
    try {
      while (Date.now() - from < withinMs && !(await this.hasSettled(db))) await wait(CHECK_EVERY_MS);
      const healedMs = Date.now() - from;
      return { ...(await this.inboxes(db)), open: await openWork(db), dead: await deadReactions(db), healedMs };
    } finally {
      await db.end();
    }
  }

  private async hasSettled(db: Client): Promise<boolean> {
    const arrived = this.people.every(({ device, expectedTotal }) => device.received.length >= expectedTotal);
    return arrived && (await openWork(db)).length === 0;
  }

  private async inboxes(db: Client) {
    const { rows } = await db.query<InboxRow>(
      `SELECT n.recipient_user_id AS "userId", n.event_id AS "eventId", n.seq::int, n.code, n.params, e.id IS NULL AS orphan
       FROM notifications n LEFT JOIN domain_events e ON e.id = n.event_id ORDER BY n.recipient_user_id, n.seq`,
    );
    const heads = await db.query<{ userId: string; head: number }>(
      `SELECT user_id AS "userId", last_seq::int AS head FROM inbox_counters`,
    );
    const headOf = new Map(heads.rows.map(({ userId, head }) => [userId, head]));
    const inboxOf = new Map<string, InboxRow[]>(this.people.map(({ id }) => [id, []]));
    for (const row of rows) inboxOf.get(row.userId)?.push(row);
    const found = { lost: [] as string[], doubled: [] as string[], gaps: [] as string[], devices: [] as string[] };
    for (const person of this.people) {
      const inbox = inboxOf.get(person.id) ?? [];
      const keys = inbox.map(({ code, params }) => keyOf(code, params));
      const { missing, surplus } = compare(person.expected, keys);
      found.lost.push(...missing.map((key) => `${person.id} ${key}`));
      found.doubled.push(...surplus.map((key) => `${person.id} ${key}`));
      const dense = inbox.every(({ seq }, index) => seq === index + 1) && inbox.length === (headOf.get(person.id) ?? 0);
      if (!dense) found.gaps.push(`${person.id}: ${inbox.length} rows, head ${headOf.get(person.id) ?? 0}`);
      found.devices.push(...person.device.faults.map((fault) => `${person.id}: ${fault}`));
      const seen = person.device.received.map(({ frame }) => keyOfFrame(frame));
      const differs = keys.findIndex((key, index) => seen[index] !== key);
      if (differs >= 0 || seen.length !== keys.length) {
        found.devices.push(`${person.id}: ${seen.length} frames for ${keys.length} rows, equal up to ${differs}`);
      }
    }
    const orphans = rows.filter(({ orphan }) => orphan).map(({ userId, eventId }) => `${userId} ${eventId}`);
    return { ...found, orphans };
  }
}

interface InboxRow {
  readonly userId: string;
  readonly eventId: string;
  readonly seq: number;
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly orphan: boolean;
}

/** Both as bags: a key counts as often as it occurs. */
function compare(expected: ReadonlyMap<NotificationKey, readonly number[]>, keys: readonly NotificationKey[]) {
  const left = new Map([...expected].map(([key, moments]) => [key, moments.length]));
  const surplus: NotificationKey[] = [];
  for (const key of keys) {
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    else surplus.push(key);
  }
  const missing = [...left].flatMap(([key, count]) => Array.from({ length: count }, () => key));
  return { missing, surplus };
}

async function openWork(db: Client): Promise<string[]> {
  const { rows } = await db.query<{ what: string }>(
    `SELECT 'event ' || id || ' is not published' AS what FROM domain_events WHERE published_at IS NULL
     UNION ALL
     SELECT r.name || ' of ' || e.id || ' is not over' FROM domain_events e JOIN reactions r ON r.event_type = e.type
     LEFT JOIN inbox i ON i.event_id = e.id AND i.reaction = r.name WHERE i.event_id IS NULL`,
  );
  return rows.map(({ what }) => what);
}

async function deadReactions(db: Client): Promise<string[]> {
  const { rows } = await db.query<{ what: string }>(
    `SELECT reaction || ' of ' || event_id || ' is ' || state || ': ' || coalesce(error, '') AS what FROM inbox WHERE state <> 'done'`,
  );
  return rows.map(({ what }) => what);
}
