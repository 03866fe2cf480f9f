import { Client } from 'pg';
import { v7 } from 'uuid';
import type { TestDatabase } from '@convene/testing/test-database';
import { createTestDatabase } from '@convene/testing/test-database';

/** What schema.prisma cannot say and the drift check cannot see. */
describe('constraints made in SQL', () => {
  let database: TestDatabase;
  let client: Client;
  const [ana, bo, company] = [v7(), v7(), v7()];

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    const user = `INSERT INTO users (id, email, password_hash, display_name) VALUES ($1, $2, '', '')`;
    await client.query(user, [ana, 'ana@example.com']);
    await client.query(user, [bo, 'bo@example.com']);
    await client.query(`INSERT INTO companies (id, name) VALUES ($1, 'Acme')`, [company]);
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  beforeEach(() => client.query('BEGIN'));
  afterEach(() => client.query('ROLLBACK'));

  const insert = (table: string, row: Record<string, unknown>) => {
    const columns = Object.keys(row);
    const places = columns.map((_, index) => `$${index + 1}`);
    return client.query(`INSERT INTO ${table} (${columns.join()}) VALUES (${places.join()})`, Object.values(row));
  };
  const invite = (status: string) =>
    insert('invites', {
      id: v7(),
      company_id: company,
      email: 'new@example.com',
      role: 'MEMBER',
      inviter_id: ana,
      token_hash: '',
      status,
      expires_at: new Date(),
    });
  const request = (status: string) => insert('join_requests', { id: v7(), company_id: company, user_id: bo, status });
  const friends = (requester_id: string, addressee_id: string) =>
    insert('friendships', { id: v7(), requester_id, addressee_id });
  const period = (from_version: number, to_version: number | null) =>
    insert('membership_periods', { company_id: company, user_id: bo, from_version, to_version, role: 'MEMBER' });

  it('one pending invite per company and address, any number of answered ones', async () => {
    await invite('REVOKED');
    await invite('EXPIRED');
    await invite('PENDING');
    await expect(invite('PENDING')).rejects.toThrow('invites_one_pending_key');
  });

  it('one pending join request per company and user', async () => {
    await request('DECLINED');
    await request('PENDING');
    await expect(request('PENDING')).rejects.toThrow('join_requests_one_pending_key');
  });

  it('one friendship per pair of users, in either direction', async () => {
    await friends(ana, bo);
    await expect(friends(bo, ana)).rejects.toThrow('friendships_pair_key');
  });

  it('no friendship and no block with oneself', async () => {
    await client.query('SAVEPOINT before');
    await expect(friends(ana, ana)).rejects.toThrow('friendships_not_self_check');
    await client.query('ROLLBACK TO before');
    await expect(insert('blocks', { id: v7(), blocker_id: ana, blocked_id: ana })).rejects.toThrow(
      'blocks_not_self_check',
    );
  });

  it('one open membership period, none that ends before it began', async () => {
    await period(1, 4);
    await period(4, null);
    await client.query('SAVEPOINT before');
    await expect(period(7, null)).rejects.toThrow('membership_periods_one_open_key');
    await client.query('ROLLBACK TO before');
    await expect(period(9, 9)).rejects.toThrow('membership_periods_order_check');
  });

  it('no counter below zero', async () => {
    await expect(insert('inbox_counters', { user_id: ana, unread_count: -1 })).rejects.toThrow('not_negative_check');
  });

  it('one block by its id, by which it is lifted', async () => {
    const id = v7();
    await insert('blocks', { id, blocker_id: ana, blocked_id: bo });
    await expect(insert('blocks', { id, blocker_id: bo, blocked_id: ana })).rejects.toThrow('blocks_id_key');
  });

  it('quiet hours within a day', async () => {
    await expect(insert('quiet_hours', { user_id: ana, from_minute: 0, to_minute: 1440 })).rejects.toThrow(
      'minutes_check',
    );
  });

  it('one epoch, made at random by the migration', async () => {
    const { rows } = await client.query('SELECT * FROM inbox_epoch');
    expect(rows).toEqual([{ id: 1, epoch: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
    await expect(insert('inbox_epoch', { id: 2, epoch: 'x' })).rejects.toThrow('inbox_epoch_one_row_check');
  });

  it('events, inbox, notifications and their steps have no foreign keys, so that they outlive users and companies', async () => {
    const { rows } = await client.query(
      `SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text ~ '^(domain_events|inbox|notifications|notification_steps)(_[0-9d]|$)'`,
    );
    expect(rows).toEqual([]);
  });
});
