import { type Answer, Gateways, type TokenHolder } from './test-support/gateways';

/** Rules of companies under a hundred simultaneous requests to three processes. */
const MAX_MEMBERS = 10;

let gateways: Gateways;
let ana: TokenHolder;
let bo: TokenHolder;
beforeAll(async () => {
  gateways = await Gateways.start(3, { MAX_MEMBERS_PER_COMPANY: String(MAX_MEMBERS) });
  [ana, bo] = (await gateways.people(2)) as [TokenHolder, TokenHolder];
});
afterAll(() => gateways.stop());

const atOnce = (count: number, work: (index: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));
const events = (type: string, companyId: string) =>
  gateways.count('domain_events WHERE type = $1 AND company_id = $2', [type, companyId]);
const owners = (companyId: string) =>
  gateways.count(`memberships WHERE company_id = $1 AND role = 'OWNER'`, [companyId]);

/** Every membership has its one open period, of the same role. */
async function expectConsistent(companyId: string): Promise<void> {
  const odd = await gateways.count(
    `(SELECT user_id, role FROM memberships WHERE company_id = $1) m
     FULL JOIN (SELECT user_id, role FROM membership_periods WHERE company_id = $1 AND to_version IS NULL) p
       USING (user_id, role) WHERE m IS NULL OR p IS NULL`,
    [companyId],
  );
  expect(odd).toBe(0);
}

it('of the last two owners who leave or demote each other one remains', async () => {
  const company = await gateways.company(ana, [[bo, 'OWNER']]);
  expect(await owners(company)).toBe(2);
  await atOnce(100, (index) => {
    const [one, other] = index % 2 ? [ana, bo] : [bo, ana];
    return index % 4 < 2
      ? gateways.send(one, 'POST', `companies/${company}/leave`)
      : gateways.send(one, 'PATCH', `companies/${company}/members/${other.id}`, { role: 'MEMBER' });
  });
  expect(await owners(company)).toBe(1);
  await expectConsistent(company);
});

it('a hundred accepts of one invite make one membership and one pair of events', async () => {
  const company = await gateways.company(ana);
  const invite = await gateways.invite(ana, company, bo);
  const answers = await atOnce(100, () => gateways.send(bo, 'POST', `invites/${invite}/accept`));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await gateways.count('memberships WHERE company_id = $1', [company])).toBe(2);
  expect([await events('invites.accepted', company), await events('memberships.joined', company)]).toEqual([1, 1]);
});

it('of revoke and accept exactly one wins, every time', async () => {
  let decided = 0;
  for (let round = 0; round < 20; round++) {
    // A company each: an address that is invited over and over by the same waits between the mails.
    const company = await gateways.company(ana);
    const invite = await gateways.invite(ana, company, bo);
    const answers = await atOnce(10, (index) =>
      index % 2
        ? gateways.send(bo, 'POST', `invites/${invite}/accept`)
        : gateways.send(ana, 'DELETE', `companies/${company}/invites/${invite}`),
    );
    const joined = (await gateways.count('memberships WHERE company_id = $1 AND user_id = $2', [company, bo.id])) === 1;
    const refused = answers.filter(({ status }) => status >= 400).map(({ code }) => code);
    // Who loses is told what happened; who repeats what won is told the same again.
    expect(new Set(refused)).toEqual(new Set([joined ? 'INVITE_USED' : 'INVITE_REVOKED']));
    decided += (await events('invites.revoked', company)) + (await events('invites.accepted', company));
  }
  expect(decided).toBe(20);
});

it('a company with ten places admits ten of a hundred accepts', async () => {
  const company = await gateways.company(ana);
  const people = await gateways.people(100);
  const invites = await Promise.all(people.map((person) => gateways.invite(ana, company, person)));
  const answers = await atOnce(100, (index) =>
    gateways.send(people[index]!, 'POST', `invites/${invites[index]}/accept`),
  );
  const outcomes = answers.map(({ status, code }) => code ?? status);
  expect(outcomes.filter((outcome) => outcome === 200)).toHaveLength(MAX_MEMBERS - 1);
  expect(outcomes.filter((outcome) => outcome === 'MEMBER_LIMIT_REACHED')).toHaveLength(100 - MAX_MEMBERS + 1);
  expect(await gateways.count('memberships WHERE company_id = $1', [company])).toBe(MAX_MEMBERS);
  await expectConsistent(company);
});

it('a hundred equal Idempotency-Keys are one execution', async () => {
  const answers = await atOnce(100, () =>
    gateways.send(ana, 'POST', 'companies', { name: 'Once' }, { 'idempotency-key': 'once' }),
  );
  expect(new Set(answers.map(({ status, id }) => `${status} ${id}`)).size).toBe(1);
  expect(answers[0]!.status).toBe(201);
  expect(await gateways.count(`companies WHERE name = 'Once'`)).toBe(1);
});

it('of two transfers of ownership one is made', async () => {
  const [cy] = (await gateways.people(1)) as [TokenHolder];
  const company = await gateways.company(ana, [
    [bo, 'MEMBER'],
    [cy, 'MEMBER'],
  ]);
  const answers = await atOnce(100, (index) =>
    gateways.send(ana, 'POST', `companies/${company}/ownership`, { userId: (index % 2 ? bo : cy).id }),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(await owners(company)).toBe(1);
  expect(await events('memberships.ownership_transferred', company)).toBe(1);
  await expectConsistent(company);
});
