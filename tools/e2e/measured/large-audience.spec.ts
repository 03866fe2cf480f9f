import { setTimeout as wait } from 'node:timers/promises';
import { newId } from '@convene/prisma/ids';
import { TestSystem } from '@convene/tools/e2e/test-support/test-system';
import type { PairedUser, UserPairs } from '@convene/tools/simulated-users/user-pairs';

const MEMBERS = 5_000;
const MESSAGES = 6;
const PAIRS = 20;
/** Small messages come evenly. */
const EVERY_MS = 50;
const WARM_MS = 2_000;
const CALM_MS = 4_000;
/** Where a calm message takes less, it is the machine that one would measure. */
const LEAST_P99_MS = 250;

/** Creates a company of these users and many others without a device. The first of these users is its owner. */
async function largeCompany(system: TestSystem, userPairs: UserPairs): Promise<string> {
  const id = newId();
  await system.rows(`INSERT INTO companies (id, name, membership_version) VALUES ($1, 'Large', 1)`, [id]);
  await system.rows(
    `WITH many AS (
       INSERT INTO users (id, email, email_verified_at, password_hash, display_name)
       SELECT id, id || '@convene.test', now(), '-', 'One of many'
       FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, $2::int)) AS made
       RETURNING id
     ), people AS (
       SELECT id, 'MEMBER' AS role FROM many
       UNION ALL
       SELECT id, CASE n WHEN 1 THEN 'OWNER' ELSE 'MEMBER' END FROM unnest($3::uuid[]) WITH ORDINALITY AS p (id, n)
     ), members AS (
       INSERT INTO memberships (company_id, user_id, role) SELECT $1, id, role::"Role" FROM people
     )
     INSERT INTO membership_periods (company_id, user_id, from_version, role) SELECT $1, id, 1, role::"Role" FROM people`,
    [id, MEMBERS - userPairs.users.length, userPairs.users.map(({ userId }) => userId)],
  );
  return id;
}

/** Pairs of people, each in a company of their own, one of whom writes to the other. */
class SmallMessages {
  private constructor(private readonly pairs: { from: PairedUser; to: PairedUser; companyId: string }[]) {}

  static async between(system: TestSystem, userPairs: UserPairs): Promise<SmallMessages> {
    const { users } = userPairs;
    const rows = await system.rows<{ user_id: string; company_id: string }>(
      'SELECT user_id, company_id FROM memberships WHERE user_id = ANY($1)',
      [users.map(({ userId }) => userId)],
    );
    const companyOf = new Map(rows.map((row) => [row.user_id, row.company_id]));
    const senders = users.filter((_, index) => index % 2 === 0);
    return new SmallMessages(
      senders.map((from, index) => {
        return { from, to: users[index * 2 + 1] as PairedUser, companyId: companyOf.get(from.userId) as string };
      }),
    );
  }

  /** Sends one after the other, evenly, for as long as `work` takes. @returns the milliseconds from each request to its frame. */
  async during(work: Promise<unknown>): Promise<number[]> {
    let over = false;
    void work.finally(() => (over = true)).catch(() => undefined);
    const latencies: Promise<number>[] = [];
    for (let turn = 0; !over; turn++) {
      latencies.push(this.send(turn % this.pairs.length));
      await wait(EVERY_MS);
    }
    await work;
    return Promise.all(latencies);
  }

  private async send(index: number): Promise<number> {
    const { from, to, companyId } = this.pairs[index] as SmallMessages['pairs'][number];
    const sent = Date.now();
    const body = { to: 'members', companyId, userIds: [to.userId], text: 'small' };
    const { id } = await from.api.post<{ id: string }>('notifications', body);
    to.expected += 1;
    const { device } = to;
    const { at } = await device.until(() => device.received.find(({ frame }) => frame.id === id), 'its frame', 60_000);
    return at - sent;
  }
}

/** The 99th of a hundred. */
function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Infinity;
}

async function retries(system: TestSystem): Promise<number[]> {
  const texts = await Promise.all(
    system.processes.apps.map(async ({ internalUrl }) => (await fetch(`${internalUrl}/metrics`)).text()),
  );
  return texts.flatMap((text) =>
    [...text.matchAll(/^reaction_retries_total\{.*\} (\d+)$/gm)].map(([, n]) => Number(n)),
  );
}

it('messages to a large company do not delay others, and reach each member once', async () => {
  await TestSystem.with({}, async (system) => {
    const others = await system.connectPairs(PAIRS, { together: true });
    const audience = await system.connectPairs(PAIRS);
    const [owner, ...recipients] = audience.users as [PairedUser, ...PairedUser[]];
    const companyId = await largeCompany(system, audience);
    const small = await SmallMessages.between(system, others);
    await small.during(wait(WARM_MS));
    const calm = await small.during(wait(CALM_MS));

    const flood = async () => {
      for (let n = 0; n < MESSAGES; n++) {
        await owner.api.post('notifications', { to: 'company', companyId, text: `large ${n}` });
        for (const recipient of recipients) recipient.expected += 1;
      }
      await system.quiet();
    };
    const loaded = await small.during(flood());
    // Before and after: what else the machine does in between must not look like ours.
    const calmAgain = await small.during(wait(CALM_MS));

    expect(p99(loaded)).toBeLessThan(2 * Math.max(p99(calm), p99(calmAgain), LEAST_P99_MS));
    await Promise.all([others.settled(20_000), audience.settled(20_000)]);
    expect([...(await system.faults(others)), ...(await system.faults(audience))]).toEqual([]);
    const inboxes = await system.rows(
      `SELECT rows, seqs, last, count(*)::int AS recipients FROM (
         SELECT count(*)::int AS rows, count(DISTINCT seq)::int AS seqs, max(seq)::int AS last FROM notifications
         WHERE company_id = $1 GROUP BY recipient_user_id) AS inbox GROUP BY 1, 2, 3`,
      [companyId],
    );
    expect(inboxes).toEqual([{ rows: MESSAGES, seqs: MESSAGES, last: MESSAGES, recipients: MEMBERS - 1 }]);
    expect((await retries(system)).filter((count) => count > 0)).toEqual([]);
    expect(await system.deadLetters()).toBe(0);
  });
});
