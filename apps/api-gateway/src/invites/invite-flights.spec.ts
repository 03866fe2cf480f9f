import { ApiHarness, type Person } from '../test-support/api-harness';
import { flightsOf } from '../test-support/database-work';

let api: ApiHarness;
let ana: Person;
let bo: Person;
let companyId: string;
beforeAll(async () => {
  api = await ApiHarness.start();
  [ana, bo] = [await api.person('Ana'), await api.person('Bo')];
  companyId = await api.company(ana);
});
afterAll(() => api.stop());

let keys = 0;

/** The first and the last statement of each round trip of a request with an Idempotency-Key. */
async function roundTrips({ token }: Person, path: string, body?: object): Promise<unknown[]> {
  const headers = { 'idempotency-key': `key-${++keys}` };
  const answers: { status: number }[] = [];
  const flights = await flightsOf(async () => {
    answers.push(await api.post(path, { token, headers, ...(body && { body }) }));
  });
  expect(answers[0]?.status).toBeLessThan(300);
  return flights.map((statements) => [statements[0], statements.at(-1)]);
}

const READ_AND_WRITE = [
  ['BEGIN', expect.stringContaining('SELECT')],
  [expect.any(String), 'COMMIT'],
];

it('an invite is created in two round trips to the database', async () => {
  const path = `companies/${companyId}/invites`;
  expect(await roundTrips(ana, path, { email: 'one@example.com' })).toEqual(READ_AND_WRITE);
});

it('an invite is rejected in two round trips to the database', async () => {
  const { id } = await api.invite(companyId, ana, bo.email);
  expect(await roundTrips(bo, `invites/${id}/reject`)).toEqual(READ_AND_WRITE);
});

it('an invite is accepted in two round trips to the database', async () => {
  const { id } = await api.invite(companyId, ana, bo.email);
  expect(await roundTrips(bo, `invites/${id}/accept`)).toEqual(READ_AND_WRITE);
});

it('an invite is resent in two round trips to the database', async () => {
  const { id } = await api.invite(companyId, ana, 'again@example.com');
  await api.prisma.invite.update({ where: { id }, data: { sentAt: new Date(0) } });
  expect(await roundTrips(ana, `companies/${companyId}/invites/${id}/resend`)).toEqual(READ_AND_WRITE);
});
