import { Client } from 'pg';
import { v7 as newId } from 'uuid';
import type { NotificationCreatedFrame } from '@convene/contracts/frames';

export interface TestUser {
  readonly id: string;
  readonly sessionId: string;
}

/** A user with a verified address and a session, without a password. */
export interface TestPerson extends TestUser {
  readonly email: string;
}

/** Writes the rows that the api-gateway and the workers would commit. */
export class InboxRows {
  private constructor(private readonly db: Client) {}

  static async connect(url: string): Promise<InboxRows> {
    const db = new Client({ connectionString: url });
    await db.connect();
    return new InboxRows(db);
  }

  async query<Row>(statement: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.db.query(statement, values)).rows as Row[];
  }

  async user(): Promise<TestPerson> {
    return (await this.users(1))[0] as TestPerson;
  }

  /** Many at once. */
  async users(count: number): Promise<TestPerson[]> {
    const users = Array.from({ length: count }, newPerson);
    const columns = [users.map(({ id }) => id), users.map(({ sessionId }) => sessionId)];
    await this.query(
      `WITH people AS (
         INSERT INTO users (id, email, email_verified_at, password_hash, display_name)
         SELECT id, id || '@convene.test', now(), '-', 'One of many' FROM unnest($1::uuid[]) AS id
       )
       INSERT INTO sessions (id, user_id, expires_at)
       SELECT session_id, user_id, now() + interval '1 day' FROM unnest($1::uuid[], $2::uuid[]) AS s (user_id, session_id)`,
      columns,
    );
    return users;
  }

  /** Adds `count` notifications to an inbox in one statement, each with this text. @returns their frames, in order. */
  async messages({ id: userId }: TestUser, count: number, text: string): Promise<NotificationCreatedFrame[]> {
    const ids = Array.from({ length: count }, () => newId());
    const params = { senderName: 'Ana', text, companyName: null };
    const [row] = await this.query<{ head: number; at: Date }>(
      `WITH counter AS (
         INSERT INTO inbox_counters (user_id, last_seq, unread_count, version) VALUES ($1, $2::int, $2::int, 1)
         ON CONFLICT (user_id) DO UPDATE SET last_seq = inbox_counters.last_seq + $2::int,
           unread_count = inbox_counters.unread_count + $2::int, version = inbox_counters.version + 1
         RETURNING last_seq
       ), written AS (
         INSERT INTO notifications (event_id, recipient_user_id, seq, code, params)
         SELECT id, $1, last_seq - $2::int + position, 'MESSAGE', $4
         FROM counter, unnest($3::uuid[]) WITH ORDINALITY AS n (id, position)
       )
       SELECT last_seq::int AS head, now() AS at FROM counter`,
      [userId, count, ids, params],
    );
    const [head, createdAt] = [row?.head ?? 0, row?.at.toISOString() ?? ''];
    const blank = { companyId: null, senderUserId: null, readAt: null, archivedAt: null, snoozedUntil: null };
    return ids.map((id, index) => ({
      ...{ seq: head - count + index + 1, id, code: 'MESSAGE', params, createdAt, silent: false },
      ...blank,
    }));
  }

  /** Adds one notification to an inbox, as a reaction commits it. */
  async notification({ id: userId }: TestUser): Promise<NotificationCreatedFrame> {
    const id = newId();
    const [row] = await this.query<{ seq: string; created_at: Date }>(
      `WITH counter AS (
         INSERT INTO inbox_counters (user_id, last_seq, unread_count, version) VALUES ($1, 1, 1, 1)
         ON CONFLICT (user_id) DO UPDATE SET last_seq = inbox_counters.last_seq + 1,
           unread_count = inbox_counters.unread_count + 1, version = inbox_counters.version + 1
         RETURNING last_seq)
       INSERT INTO notifications (event_id, recipient_user_id, seq, code, params)
       SELECT $2, $1, last_seq, 'MEMBER_JOINED', '{"companyName":"Acme"}' FROM counter RETURNING seq, created_at`,
      [userId, id],
    );
    return {
      seq: Number(row?.seq),
      id,
      code: 'MEMBER_JOINED',
      params: { companyName: 'Acme' },
      companyId: null,
      senderUserId: null,
      createdAt: row?.created_at.toISOString() ?? '',
      readAt: null,
      archivedAt: null,
      snoozedUntil: null,
      silent: false,
    };
  }

  async notifications(user: TestUser, count: number): Promise<NotificationCreatedFrame[]> {
    const frames: NotificationCreatedFrame[] = [];
    while (frames.length < count) frames.push(await this.notification(user));
    return frames;
  }

  /** Creates a company that the members have joined one after the other. */
  async company(...members: TestUser[]): Promise<string> {
    const id = newId();
    await this.query(
      `WITH company AS (
         INSERT INTO companies (id, name, membership_version) VALUES ($1, 'Acme', cardinality($2::uuid[])) RETURNING id
       )
       INSERT INTO memberships (company_id, user_id, role)
       SELECT company.id, user_id, 'MEMBER' FROM company, unnest($2::uuid[]) AS user_id`,
      [id, members.map((member) => member.id)],
    );
    return id;
  }

  /** @returns the company's new membership version. */
  async join(companyId: string, { id }: TestUser): Promise<number> {
    await this.query(`INSERT INTO memberships (company_id, user_id, role) VALUES ($1, $2, 'MEMBER')`, [companyId, id]);
    return this.raiseVersion(companyId);
  }

  async remove(companyId: string, { id }: TestUser): Promise<number> {
    await this.query(`DELETE FROM memberships WHERE company_id = $1 AND user_id = $2`, [companyId, id]);
    return this.raiseVersion(companyId);
  }

  private async raiseVersion(companyId: string): Promise<number> {
    const [row] = await this.query<{ membership_version: number }>(
      `UPDATE companies SET membership_version = membership_version + 1 WHERE id = $1 RETURNING membership_version`,
      [companyId],
    );
    return row?.membership_version ?? 0;
  }

  async end(): Promise<void> {
    await this.db.end();
  }
}

function newPerson(): TestPerson {
  const id = newId();
  return { id, sessionId: newId(), email: `${id}@convene.test` };
}
