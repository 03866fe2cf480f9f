import { setTimeout as wait } from 'node:timers/promises';
import type { Crowd, Member } from '@convene/tools/people/crowd';
import { newId } from '@convene/prisma/ids';
import { House } from './house';

const MEMBERS = Number(process.env['AUD_MEMBERS'] ?? 5_000);
const MESSAGES = Number(process.env['AUD_MESSAGES'] ?? 6);
/** Small messages, spread evenly. */
const PER_SECOND = 20;
const CALM_MS = 8_000;

/** A company of the crowd and many more, who have no device; the first of the crowd is its owner. */
async function bigCompany(house: House, crowd: Crowd): Promise<string> {
  const id = newId();
  await house.rows(`INSERT INTO companies (id, name, membership_version) VALUES ($1, 'Big', 1)`, [id]);
  await house.rows(
    `WITH many AS (
       INSERT INTO users (id, email, email_verified_at, password_hash, display_name)
       SELECT id, id || '@convene.test', now(), '-', 'One of many' FROM (
         SELECT gen_random_uuid() AS id FROM generate_series(1, $2::int)) AS made
       RETURNING id
     ), people AS (
       SELECT id, 'MEMBER' AS role FROM many
       UNION ALL SELECT id, CASE n WHEN 1 THEN 'OWNER' ELSE 'MEMBER' END FROM unnest($3::uuid[]) WITH ORDINALITY AS p(id, n)
     ), members AS (
       INSERT INTO memberships (company_id, user_id, role) SELECT $1, id, role::"Role" FROM people
     )
     INSERT INTO membership_periods (company_id, user_id, from_version, role) SELECT $1, id, 1, role::"Role" FROM people`,
    [id, MEMBERS - crowd.members.length, crowd.members.map(({ userId }) => userId)],
  );
  await house.rows('ANALYZE');
  return id;
}

/** One of the pairs writes to the other. @returns how long it took from the request to the device. */
async function small(from: Member, to: Member, companyId: string): Promise<number> {
  const sent = Date.now();
  const { id } = await from.api.post<{ id: string }>('notifications', {
    ...{ to: 'members', companyId, userIds: [to.userId], text: 'small' },
  });
  to.expected += 1;
  const { at } = await to.device.until(() => to.device.received.find(({ frame }) => frame.id === id), 'a small message', 60_000);
  return at - sent;
}

const percentile = (values: number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] as number;

it('a small message does not wait behind those to a large company', async () => {
  await House.with({}, async (house) => {
    const others = await house.gather(20, { together: true });
    const audience = await house.gather(20);
    const owner = audience.members[0] as Member;
    const companyId = await bigCompany(house, audience);
    const companies = await house.rows<{ company_id: string; user_id: string }>(
      `SELECT company_id, user_id FROM memberships WHERE user_id = ANY($1)`,
      [others.members.map(({ userId }) => userId)],
    );
    const companyOf = new Map(companies.map((row) => [row.user_id, row.company_id]));

    const measure = async (until: () => boolean) => {
      const latencies: Promise<number>[] = [];
      for (let turn = 0; !until(); turn++) {
        const pair = (turn % 20) * 2;
        const [from, to] = [others.members[pair] as Member, others.members[pair + 1] as Member];
        latencies.push(small(from, to, companyOf.get(from.userId) as string));
        await wait(1_000 / PER_SECOND);
      }
      return Promise.all(latencies);
    };
    const during = (ms: number) => {
      const end = Date.now() + ms;
      return () => Date.now() > end;
    };
    await measure(during(3_000));
    const calm = await measure(during(CALM_MS));
    let over = false;
    const started = Date.now();
    let done = 0;
    const busy = measure(() => over);
    for (let n = 0; n < MESSAGES; n++) {
      await owner.api.post('notifications', { to: 'company', companyId, text: `large ${n}` });
      for (const member of audience.members) if (member !== owner) member.expected += 1;
    }
    const posted = Date.now() - started;
    await house.quiet();
    done = Date.now() - started;
    over = true;
    const loaded = await busy;
    const told = (v: number[]) => ({ n: v.length, p50: percentile(v, 0.5), p90: percentile(v, 0.9), p99: percentile(v, 0.99), max: Math.max(...v) });
    console.log(JSON.stringify({ calm: told(calm), loaded: told(loaded), posted, done }));
    await Promise.all([others.settled(20_000), audience.settled(20_000)]);
    expect(await house.faults(others)).toEqual([]);
    expect(await house.faults(audience)).toEqual([]);
  });
});
