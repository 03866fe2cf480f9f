import type { NotificationCreatedFrame } from '@convene/contracts/sockets/frames';
import { newId } from '@convene/prisma/ids';
import { Client } from 'pg';

export interface TestUser {
  readonly id: string;
  readonly sessionId: string;
}

/** Writes what the api-gateway and the workers would have committed. */
export class Rows {
  private constructor(private readonly db: Client) {}

  static async connect(url: string): Promise<Rows> {
    const db = new Client({ connectionString: url });
    await db.connect();
    return new Rows(db);
  }

  async query<Row>(statement: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.db.query(statement, values)).rows as Row[];
  }

  async user(): Promise<TestUser> {
    const [id, sessionId] = [newId(), newId()];
    const email = `${id}@example.com`;
    await this.query(`INSERT INTO users (id, email, password_hash, display_name) VALUES ($1, $2, 'x', 'Ana')`, [
      id,
      email,
    ]);
    await this.query(`INSERT INTO sessions (id, user_id, expires_at) VALUES ($1, $2, now() + interval '1 day')`, [
      sessionId,
      id,
    ]);
    return { id, sessionId };
  }

  /** One more notification in the inbox, as a reaction commits it. */
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
    };
  }

  async notifications(user: TestUser, count: number): Promise<NotificationCreatedFrame[]> {
    const frames: NotificationCreatedFrame[] = [];
    while (frames.length < count) frames.push(await this.notification(user));
    return frames;
  }

  async company(...members: TestUser[]): Promise<string> {
    const id = newId();
    await this.query(`INSERT INTO companies (id, name) VALUES ($1, 'Acme')`, [id]);
    for (const member of members) await this.join(id, member);
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
