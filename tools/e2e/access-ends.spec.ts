import { setTimeout as wait } from 'node:timers/promises';
import type { CompanyView } from '@convene/contracts/http/companies';
import { percentile } from '@convene/tools/demo/hops';
import type { Member } from '@convene/tools/people/crowd';
import type { Device } from '@convene/tools/people/device';
import { Mailbox } from '@convene/tools/people/mailbox';
import { Person } from '@convene/tools/people/person';
import { House } from './house';

const PEOPLE = 100;
/** What a slow machine takes as well: of a queue before the api-gateway this would measure the length. */
const PER_SECOND = 20;
const WITHIN_MS = 1_000;

let house: House;
const everybodys: Device[] = [];
beforeAll(async () => {
  house = await House.open({ instances: { 'ws-gateway': 2 } });
});
afterAll(async () => {
  // One that is not told to stay away comes back for ever.
  for (const device of everybodys) device.disconnect();
  await house.close();
});

let count = 0;
/** Somebody with an account, logged in, live on both gateways. */
async function somebody(): Promise<{ person: Person; devices: Device[] }> {
  count += 1;
  const stack = { apiUrl: house.system.app('api-gateway').url, wsUrl: () => house.nextGateway() };
  const person = new Person(stack, 'Somebody', `somebody-${count}@convene.test`);
  await person.signUp();
  await person.verifyEmail(new Mailbox(house.mails));
  await person.logIn();
  const devices = [person.device, deviceOf(person)];
  everybodys.push(person.device);
  for (const device of devices) await device.connect();
  return { person, devices };
}

/** Another of theirs, which does not outlive the tests. */
function deviceOf(person: Person): Device {
  const device = person.anotherDevice();
  everybodys.push(device);
  return device;
}

/** Milliseconds until the device was hung up on for this reason. */
async function ended(device: Device, code: string, from: number): Promise<number> {
  await device.until(() => !device.connected && device.closings.includes(code), code);
  return performance.now() - from;
}

/** Logs out one after the other. @returns the 99th percentile of milliseconds until the socket was gone. */
async function revoke(members: readonly Member[]): Promise<number> {
  const times = await Promise.all(
    members.map(async ({ api, device }, index) => {
      await wait((index * 1_000) / PER_SECOND);
      const from = performance.now();
      await api.post('auth/logout');
      return ended(device, 'SESSION_REVOKED', from);
    }),
  );
  const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
  console.log(
    `${times.length} sessions revoked over HTTP: socket gone after p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
  );
  return p99;
}

it('a session that is revoked loses its sockets within a second, and cannot resume', async () => {
  const { members } = await house.gather(PEOPLE);
  let p99 = await revoke(members.slice(0, PEOPLE));
  // A hiccup of the machine fails one round, a system that is slow fails both.
  if (p99 >= WITHIN_MS) p99 = await revoke(members.slice(PEOPLE));
  expect(p99).toBeLessThan(WITHIN_MS);
  const revoked = members.filter(({ device }) => !device.connected);
  const refusals = await Promise.allSettled(revoked.map(({ device }) => device.connect()));
  expect(refusals.length).toBeGreaterThanOrEqual(PEOPLE);
  for (const refusal of refusals) expect(refusal).toMatchObject({ reason: { data: { code: 'SESSION_REVOKED' } } });
});

it('a changed password ends the other logins, on both gateways, and not the one that changed it', async () => {
  const { person, devices } = await somebody();
  const before = person.api.token;
  await person.logIn();
  const here = deviceOf(person);
  await here.connect();
  await person.api.post('me/password', {
    currentPassword: 'a long demo password',
    newPassword: 'another long password',
  });
  // The answer has taken its time for the hashes; from then on nobody waits.
  const from = performance.now();
  for (const device of devices) expect(await ended(device, 'SESSION_REVOKED', from)).toBeLessThan(WITHIN_MS);
  expect(here.connected).toBe(true);
  person.api.token = before;
  await expect(deviceOf(person).connect()).rejects.toMatchObject({ data: { code: 'SESSION_REVOKED' } });
});

it('a deleted account ends everywhere', async () => {
  const { person, devices } = await somebody();
  await person.api.delete('me', { password: 'a long demo password' });
  const from = performance.now();
  for (const device of devices) expect(await ended(device, 'SESSION_REVOKED', from)).toBeLessThan(WITHIN_MS);
});

it('a deleted company takes its room with it, and its members hear why', async () => {
  const [{ person: ana }, { person: bo }] = [await somebody(), await somebody()];
  const { id } = await ana.api.post<CompanyView>('companies', { name: 'Brief' });
  const invite = await ana.api.post<{ id: string }>(`companies/${id}/invites`, { email: bo.email });
  await bo.api.post(`invites/${invite.id}/accept`);
  await bo.device.until(() => bo.device.hints.some(({ event }) => event === 'memberships.joined'), 'the membership');
  await ana.api.delete(`companies/${id}`);
  await bo.device.notification('COMPANY_DELETED');
  // Read again from PostgreSQL: the company is not among theirs.
  expect((await deviceOf(bo).connect()).companies).toEqual({});
});
