import { Client } from 'pg';
import { v7 as newId } from 'uuid';
import type { NotificationCreatedFrame } from '@convene/contracts/frames';
import { insertNotifications, type TestNotification } from './insert-notifications';

export interface TestUser {
  readonly id: string;
  readonly sessionId: string;
}

/** A user with a verified address and a session, without a password. */
export interface TestPerson extends TestUser {
  readonly email: string;
}

/** Inserts users, companies and notifications, as the api-gateway and the workers commit them. */
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

  /** Inserts many in one statement. */
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

  async notification(user: TestUser): Promise<NotificationCreatedFrame> {
    return (await this.notificationsAtOnce(user, 1))[0] as NotificationCreatedFrame;
  }

  /** Appends notifications to an inbox, each in a commit of its own. @returns their frames, in order. */
  async notifications(user: TestUser, count: number): Promise<NotificationCreatedFrame[]> {
    const frames: NotificationCreatedFrame[] = [];
    while (frames.length < count) frames.push(await this.notification(user));
    return frames;
  }

  /** Appends notifications to an inbox in one commit. @returns their frames, in order. */
  notificationsAtOnce(
    { id }: TestUser,
    count: number,
    given: TestNotification = {},
  ): Promise<NotificationCreatedFrame[]> {
    return insertNotifications(this.db, id, count, given);
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
