import { MembershipLeft } from '@convene/contracts/events/memberships-left';
import { OwnershipTransferred } from '@convene/contracts/events/memberships-ownership-transferred';
import { MembershipRemoved } from '@convene/contracts/events/memberships-removed';
import { MembershipRoleUpdated } from '@convene/contracts/events/memberships-role-updated';
import { ReactionHarness } from '@convene/messaging/test-support/reaction-harness';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { NotifyAllConcernedWhenMemberRemoved } from './notify-all-concerned-when-member-removed';
import { NotifyAllConcernedWhenOwnershipTransferred } from './notify-all-concerned-when-ownership-transferred';
import { NotifyManagersWhenMemberLeft } from './notify-managers-when-member-left';
import { NotifyMemberWhenRoleUpdated } from './notify-member-when-role-updated';

let database: TestDatabase;
let harness: ReactionHarness;
let owner: string;
let admin: string;
let member: string;
let gone: string;
beforeAll(async () => {
  database = await createTestDatabase();
  harness = new ReactionHarness(database.url, 'members-worker');
});
beforeEach(async () => {
  [owner, admin, member, gone] = (await harness.users(4)) as [string, string, string, string];
});
afterAll(async () => {
  await harness.close();
  await database.drop();
});

/** `gone` was an admin until version 4, and another owner joined after it. */
const company = async () => {
  const [late] = (await harness.users(1)) as [string];
  return harness.company([
    { userId: owner, role: 'OWNER', from: 1 },
    { userId: admin, role: 'ADMIN', from: 2 },
    { userId: member, role: 'MEMBER', from: 3 },
    { userId: gone, role: 'ADMIN', from: 3, to: 4 },
    { userId: late, role: 'OWNER', from: 5 },
  ]);
};

it('a departure notifies the owners and admins of its version, and not the member', async () => {
  const companyId = await company();
  const { notifyManagersWhenMemberLeft } = new NotifyManagersWhenMemberLeft();
  const payload = { companyId, companyName: 'Acme', userId: gone, userName: 'Gone' };
  expect(
    await harness.run(MembershipLeft, notifyManagersWhenMemberLeft, payload, {
      actorId: gone,
      companyId,
      version: 4,
    }),
  ).toEqual({ [owner]: 'MEMBER_LEFT', [admin]: 'MEMBER_LEFT' });
});

it('a removal notifies the removed member, and the other owners and admins except the actor', async () => {
  const companyId = await company();
  const { notifyAllConcernedWhenMemberRemoved } = new NotifyAllConcernedWhenMemberRemoved();
  const payload = { companyId, companyName: 'Acme', userId: gone, userName: 'Gone' };
  expect(
    await harness.run(MembershipRemoved, notifyAllConcernedWhenMemberRemoved, payload, {
      actorId: owner,
      companyId,
      version: 4,
    }),
  ).toEqual({ [gone]: 'MEMBERSHIP_REMOVED', [admin]: 'MEMBER_REMOVED' });
});

it('a removed member is notified of no later event', async () => {
  const companyId = await company();
  const { notifyManagersWhenMemberLeft } = new NotifyManagersWhenMemberLeft();
  const payload = { companyId, companyName: 'Acme', userId: member, userName: 'Member' };
  const notified = (version: number) =>
    harness.run(MembershipLeft, notifyManagersWhenMemberLeft, payload, { actorId: member, companyId, version });
  expect(Object.keys(await notified(3))).toContain(gone);
  expect(Object.keys(await notified(4))).not.toContain(gone);
});

it('a change of role notifies the member, unless they changed their own', async () => {
  const companyId = await company();
  const { notifyMemberWhenRoleUpdated } = new NotifyMemberWhenRoleUpdated();
  const payload = { companyId, companyName: 'Acme', userId: member, from: 'MEMBER', to: 'ADMIN' } as const;
  const notified = (actorId: string) =>
    harness.run(MembershipRoleUpdated, notifyMemberWhenRoleUpdated, payload, { actorId, companyId, version: 4 });
  expect(await notified(owner)).toEqual({ [member]: 'ROLE_CHANGED' });
  expect(await notified(member)).toEqual({});
});

it('a transfer of ownership notifies the new owner, and the other owners and admins', async () => {
  const other = (await harness.users(1))[0] as string;
  const companyId = await harness.company([
    { userId: owner, role: 'OWNER', from: 1, to: 5 },
    { userId: owner, role: 'ADMIN', from: 5 },
    { userId: admin, role: 'ADMIN', from: 2 },
    { userId: member, role: 'MEMBER', from: 3, to: 5 },
    { userId: member, role: 'OWNER', from: 5 },
    { userId: other, role: 'MEMBER', from: 4 },
  ]);
  const { notifyAllConcernedWhenOwnershipTransferred } = new NotifyAllConcernedWhenOwnershipTransferred();
  const payload = {
    companyId,
    companyName: 'Acme',
    fromUserId: owner,
    fromName: 'Owner',
    toUserId: member,
    toName: 'Member',
  };
  expect(
    await harness.run(OwnershipTransferred, notifyAllConcernedWhenOwnershipTransferred, payload, {
      actorId: owner,
      companyId,
      version: 5,
    }),
  ).toEqual({ [member]: 'OWNERSHIP_RECEIVED', [admin]: 'OWNERSHIP_TRANSFERRED' });
});
