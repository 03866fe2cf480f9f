import { Client } from 'pg';
import type { TestUser } from '@convene/testing/inbox-rows';
import { createPastPartitions, pastId, pastMonth } from '@convene/testing/past-partitions';
import { GatewayHarness } from '../test-support/gateway-harness';

jest.setTimeout(30_000);

/** Each test drops a month of its own, beginning five months ago. */
const KEPT = 4;
const TESTS = 2;
const LIMIT = 6;

let harness: GatewayHarness;
let ana: TestUser;
let dropped = KEPT;
beforeAll(async () => {
  harness = await GatewayHarness.start({ env: { WS_RESUME_LIMIT: String(LIMIT) } });
  const owner = new Client({ connectionString: harness.databaseUrl });
  await owner.connect();
  await createPastPartitions(owner, KEPT + TESTS);
  await owner.end();
});
afterAll(() => harness.stop());

/** Seqs 1 to 4 are of a month that is dropped afterwards, 5 and 6 of this one. */
beforeEach(async () => {
  dropped++;
  ana = await harness.rows.user();
  for (let seq = 1; seq <= 4; seq++) {
    await harness.rows.query(
      `INSERT INTO notifications (event_id, recipient_user_id, seq, code, params, read_at) VALUES ($1, $2, $3, 'X', '{}', now())`,
      [pastId(dropped), ana.id, seq],
    );
  }
  await harness.rows.query('INSERT INTO inbox_counters (user_id, last_seq, version) VALUES ($1, 4, 4)', [ana.id]);
  await harness.rows.notifications(ana, 2);
});

async function dropMonth(): Promise<void> {
  const day = `${pastMonth(dropped).replace('_', '-')}-01`;
  const [answer] = await harness.rows.query<{ reason: string | null }>(
    `SELECT drop_event_partition('notifications', $1) AS reason`,
    [day],
  );
  expect(answer?.reason).toBeNull();
  expect(
    await harness.rows.query('SELECT FROM notifications WHERE recipient_user_id = $1 AND seq <= 4', [ana.id]),
  ).toEqual([]);
}

it('a device whose position lies in a dropped month resumes with what is kept, and waits for no seq that is gone', async () => {
  await dropMonth();
  const phone = await harness.client(ana, { auth: { lastSeq: 2 } });
  expect(await phone.received('session.ready')).toMatchObject({ recovered: true, headSeq: 6, unread: { count: 2 } });
  expect(await phone.upTo(6)).toEqual([5, 6]);
  const [live] = await harness.rows.notifications(ana, 1);
  await harness.compared(0, () => phone.seqs.includes(7));
  expect(phone.framesOf('notifications.created').at(-1)).toEqual(live);
  expect(await phone.ask('inbox.resume', { lastSeq: 1 })).toMatchObject({ recovered: true, headSeq: 7 });
});

it('a device that has missed more than the limit, of which a month is dropped, is pointed to the list', async () => {
  await dropMonth();
  await harness.rows.notifications(ana, 3);
  const phone = await harness.client(ana, { auth: { lastSeq: 1 } });
  expect(await phone.received('session.ready')).toMatchObject({ recovered: false, headSeq: 9, unread: { count: 5 } });
  expect(phone.seqs).toEqual([]);
});
