import { InviteAccepted } from '@convene/contracts/events/invites-accepted';
import { InviteExpired } from '@convene/contracts/events/invites-expired';
import { InviteRejected } from '@convene/contracts/events/invites-rejected';
import { InviteResent } from '@convene/contracts/events/invites-resent';
import { InviteRevoked } from '@convene/contracts/events/invites-revoked';
import { ReactionHarness } from '@convene/messaging/test-support/reaction-harness';
import { newId } from '@convene/prisma/ids';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { NotifyInviteeWhenResent } from './notify-invitee-when-resent';
import { NotifyInviteeWhenRevoked } from './notify-invitee-when-revoked';
import { NotifyInviterWhenAccepted } from './notify-inviter-when-accepted';
import { NotifyInviterWhenExpired } from './notify-inviter-when-expired';
import { NotifyInviterWhenRejected } from './notify-inviter-when-rejected';

let database: TestDatabase;
let harness: ReactionHarness;
let inviter: string;
let invitee: string;
let companyId: string;
let facts: { inviteId: string; companyId: string; companyName: string };
beforeAll(async () => {
  database = await createTestDatabase();
  harness = new ReactionHarness(database.url, 'invites-worker');
});
beforeEach(async () => {
  [inviter, invitee] = (await harness.users(2)) as [string, string];
  // The inviter's membership ends at version 5, and another follows.
  companyId = await harness.company([
    { userId: inviter, role: 'ADMIN', from: 2, to: 5 },
    { userId: inviter, role: 'MEMBER', from: 7 },
  ]);
  facts = { inviteId: newId(), companyId, companyName: 'Acme' };
});
afterAll(async () => {
  await harness.close();
  await database.drop();
});

it('a resent invite notifies the invitee again if they have an account', async () => {
  const { notifyInviteeWhenResent } = new NotifyInviteeWhenResent();
  const resent = (inviteeId: string | null) =>
    harness.run(
      InviteResent,
      notifyInviteeWhenResent,
      { ...facts, inviterId: inviter, inviterName: 'Ana', role: 'MEMBER', inviteeId },
      { actorId: inviter, companyId, version: 3 },
    );
  expect(await resent(invitee)).toEqual({ [invitee]: 'INVITE_RECEIVED' });
  expect(await resent(invitee)).toEqual({ [invitee]: 'INVITE_RECEIVED' });
  expect(await resent(null)).toEqual({});
});

it('a withdrawn invite notifies the invitee if they have an account', async () => {
  const { notifyInviteeWhenRevoked } = new NotifyInviteeWhenRevoked();
  const revoked = (inviteeId: string | null) =>
    harness.run(
      InviteRevoked,
      notifyInviteeWhenRevoked,
      { ...facts, inviteeId },
      { actorId: inviter, companyId, version: 3 },
    );
  expect(await revoked(invitee)).toEqual({ [invitee]: 'INVITE_REVOKED' });
  expect(await revoked(null)).toEqual({});
});

describe('the inviter of an invite', () => {
  const reactions = () => {
    const answered = { ...facts, inviterId: inviter, inviteeId: invitee, inviteeName: 'Bo' };
    const accepted = new NotifyInviterWhenAccepted();
    const rejected = new NotifyInviterWhenRejected();
    const expired = new NotifyInviterWhenExpired();
    const by = (actorId: string | null, version: number) => ({ actorId, companyId, version });
    return async (version: number) => [
      await harness.run(InviteAccepted, (e) => accepted.notifyInviterWhenAccepted(e), answered, by(invitee, version)),
      await harness.run(InviteRejected, (e) => rejected.notifyInviterWhenRejected(e), answered, by(invitee, version)),
      await harness.run(
        InviteExpired,
        (e) => expired.notifyInviterWhenExpired(e),
        { ...facts, inviterId: inviter },
        by(null, version),
      ),
    ];
  };

  it('is notified of its outcome while a member of the company, in any role', async () => {
    const all = [{ [inviter]: 'INVITE_ACCEPTED' }, { [inviter]: 'INVITE_REJECTED' }, { [inviter]: 'INVITE_EXPIRED' }];
    const notified = reactions();
    expect(await notified(4)).toEqual(all);
    expect(await notified(7)).toEqual(all);
  });

  it('is not notified of outcomes committed after leaving the company', async () => {
    const notified = reactions();
    expect(await notified(5)).toEqual([{}, {}, {}]);
    expect(await notified(6)).toEqual([{}, {}, {}]);
  });
});
