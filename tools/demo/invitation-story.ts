import { randomBytes } from 'node:crypto';
import type { CompanyView } from '@convene/contracts/http/companies';
import type { InviteView } from '@convene/contracts/http/invites';
import type { Device } from '../simulated-users/device';
import type { Mailbox } from '../simulated-users/mailbox';
import { SimulatedUser, Stack } from '../simulated-users/simulated-user';
import { Timeline } from './timeline';

const MISSED = 5;

/**
 * Two people, from signing up to a device that was away and missed nothing.
 * @returns what broke the promise: nothing, if it was kept.
 */
export async function tellInvitationStory(stack: Stack, mailbox: Mailbox): Promise<string[]> {
  const line = new Timeline();
  const tag = randomBytes(4).toString('hex');
  const ana = new SimulatedUser(stack, 'Ana', `ana-${tag}@convene.test`);
  const bo = new SimulatedUser(stack, 'Bo', `bo-${tag}@convene.test`);

  for (const person of [ana, bo]) {
    await person.signUp();
    line.say(person.name, 'signs up');
    await person.verifyEmail(mailbox);
    line.say(person.name, 'reads the mail and confirms the address');
    await person.logIn();
    const ready = await person.device.connect();
    line.say(person.name, `logs in and connects: session.ready, head seq ${ready.headSeq}`);
  }

  const acme = await ana.api.post<CompanyView>('companies', { name: `Acme ${tag}` });
  line.say('Ana', `forms ${acme.name}`);
  let sent = Date.now();
  const invite = await ana.api.post<InviteView>(`companies/${acme.id}/invites`, { email: bo.email });
  line.say('Ana', 'invites Bo; the api-gateway answers', Date.now() - sent);
  const invited = await bo.device.notification('INVITE_RECEIVED');
  line.say('Bo', `sees notifications.created ${describe(invited.frame)}`, invited.at - sent);

  sent = Date.now();
  await bo.api.post(`invites/${invite.id}/accept`);
  line.say('Bo', 'accepts; the api-gateway answers', Date.now() - sent);
  const accepted = await ana.device.notification('INVITE_ACCEPTED');
  line.say('Ana', `sees notifications.created ${describe(accepted.frame)}`, accepted.at - sent);

  bo.device.disconnect();
  line.say('Bo', `goes offline at seq ${bo.device.seq}`);
  for (let n = 1; n <= MISSED; n++) {
    const company = await ana.api.post<CompanyView>('companies', { name: `Acme ${tag} no. ${n}` });
    await ana.api.post(`companies/${company.id}/invites`, { email: bo.email });
  }
  line.say('Ana', `invites Bo to ${MISSED} more companies meanwhile`);
  sent = Date.now();
  const back = await bo.device.connect();
  line.say('Bo', `comes back with lastSeq ${bo.device.seq}: recovered ${String(back.recovered)}`, Date.now() - sent);
  await bo.device.until(() => bo.device.received.length === 1 + MISSED, `${MISSED} missed notifications`);
  line.say('Bo', `has them all, seq ${seqs(bo.device)}`, Date.now() - sent);

  return [...verify('Ana', ana.device, 1), ...verify('Bo', bo.device, 1 + MISSED)];
}

function verify(name: string, device: Device, expected: number): string[] {
  const codes = device.received.map(({ frame }) => frame.id);
  const faults = device.faults.map((fault) => `${name}: ${fault}`);
  if (codes.length !== expected) faults.push(`${name}: ${codes.length} notifications instead of ${expected}`);
  if (new Set(codes).size !== codes.length) faults.push(`${name}: one event was notified twice`);
  return faults;
}

const describe = (frame: { code: string; seq: number }) => `${frame.code}, seq ${frame.seq}`;
const seqs = (device: Device) => device.received.map(({ frame }) => frame.seq).join(' ');
