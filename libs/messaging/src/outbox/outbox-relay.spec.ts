import { logger } from '@convene/observability/logger';
import { Database } from '@convene/prisma/database/database';
import { sql } from '@convene/prisma/database/sql';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import type { Publisher, PublishOutcome } from '../publisher';
import { ClaimedRows } from './claimed-rows';
import { OutboxRelay } from './outbox-relay';
import { OutboxStore } from './outbox-store';

const BATCH = 500;
const ROWS = 2 * BATCH + 200;

describe('the relay, with more events than two batches', () => {
  let database: TestDatabase;
  let db: Database;
  let store: OutboxStore;
  let relay: OutboxRelay;
  /** What the broker has not answered yet. */
  let answers: ((outcome: PublishOutcome) => void)[];

  beforeAll(async () => {
    database = await createTestDatabase();
    db = new Database({ databaseUrl: database.url, applicationName: 'spec' });
  });
  beforeEach(async () => {
    await db.execute(sql`
      INSERT INTO domain_events (id, type, payload) SELECT next_event_id(n), 'x.y', '{}' FROM generate_series(1, ${ROWS}::int) AS n`);
    store = new OutboxStore(db);
    answers = [];
    const publish = () => new Promise<PublishOutcome>((resolve) => answers.push(resolve));
    const publisher = { connected: true, publish } as unknown as Publisher;
    relay = new OutboxRelay(store, new ClaimedRows(store, publisher), publisher);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => {
    await db.onApplicationShutdown();
    await database.drop();
  });

  const until = async (look: () => boolean | Promise<boolean>) => {
    while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const confirm = (count: number) => answers.splice(0, count).forEach((answer) => answer('confirmed'));
  const pending = async () => (await store.backlog()).pending;

  it('publishes one while the last awaits its confirms, and no third: a broker that is silent costs no more memory', async () => {
    const looks = jest.spyOn(store, 'look');
    const renewals = jest.spyOn(store, 'renew');
    relay.onApplicationBootstrap();
    await until(() => answers.length === 2 * BATCH);
    await until(() => renewals.mock.calls.length >= 2);
    expect([answers.length, looks.mock.calls.length]).toEqual([2 * BATCH, 2]);

    confirm(BATCH);
    await until(() => answers.length === BATCH + 200);
    confirm(ROWS);
    await until(async () => (await pending()) === 0);
    await relay.onModuleDestroy();
  });

  it('reports that the last could not be marked, once, and publishes it again when its claim has ended', async () => {
    const mark = jest.spyOn(store, 'markPublished').mockRejectedValueOnce(new Error('the database is away'));
    const error = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
    relay.onApplicationBootstrap();
    await until(() => answers.length === 2 * BATCH);
    confirm(BATCH);
    await until(() => mark.mock.calls.length > 0);
    await until(async () => {
      confirm(ROWS);
      return (await pending()) === 0;
    });
    expect(error).toHaveBeenCalledTimes(1);
    await relay.onModuleDestroy();
  });
});
