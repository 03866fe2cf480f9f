import { CompanyDeleted } from '@convene/contracts/events/companies-deleted';
import { CompanyJoinDecided } from '@convene/contracts/events/companies-join-decided';
import { CompanyJoinRequested } from '@convene/contracts/events/companies-join-requested';
import { ReactionHarness } from '@convene/messaging/test-support/reaction-harness';
import { newId } from '@convene/prisma/ids';
import { createTestDatabase, type TestDatabase } from '@convene/testing/test-database';
import { NotifyManagersWhenJoinRequested } from './notify-managers-when-join-requested';
import { NotifyMembersWhenCompanyDeleted } from './notify-members-when-company-deleted';
import { NotifyRequesterWhenJoinDecided } from './notify-requester-when-join-decided';

let database: TestDatabase;
let harness: ReactionHarness;
beforeAll(async () => {
  database = await createTestDatabase();
  harness = new ReactionHarness(database.url, 'notifications-worker');
});
afterAll(async () => {
  await harness.close();
  await database.drop();
});

it('a deleted company notifies all members of that moment, after their memberships have ended', async () => {
  const [owner, admin, member, left] = (await harness.users(4)) as [string, string, string, string];
  // All ended at version 5, which the deletion made; the event bears the one before.
  const companyId = await harness.company([
    { userId: owner, role: 'OWNER', from: 1, to: 5 },
    { userId: admin, role: 'ADMIN', from: 2, to: 5 },
    { userId: member, role: 'MEMBER', from: 3, to: 5 },
    { userId: left, role: 'MEMBER', from: 3, to: 4 },
  ]);
  const { notifyMembersWhenCompanyDeleted } = new NotifyMembersWhenCompanyDeleted();
  const payload = { companyId, companyName: 'Acme' };
  const notified = await harness.run(CompanyDeleted, notifyMembersWhenCompanyDeleted, payload, {
    actorId: owner,
    companyId,
    version: 4,
  });
  expect(notified).toEqual({ [admin]: 'COMPANY_DELETED', [member]: 'COMPANY_DELETED' });
});

it('a join request notifies the owners and admins', async () => {
  const [owner, admin, member, guest] = (await harness.users(4)) as [string, string, string, string];
  const companyId = await harness.company([
    { userId: owner, role: 'OWNER', from: 1 },
    { userId: admin, role: 'ADMIN', from: 2 },
    { userId: member, role: 'MEMBER', from: 3 },
  ]);
  const { notifyManagersWhenJoinRequested } = new NotifyManagersWhenJoinRequested();
  const payload = { requestId: newId(), companyId, companyName: 'Acme', userId: guest, userName: 'Guest' };
  const facts = { actorId: guest, companyId, version: 3 };
  expect(await harness.run(CompanyJoinRequested, notifyManagersWhenJoinRequested, payload, facts)).toEqual({
    [owner]: 'JOIN_REQUESTED',
    [admin]: 'JOIN_REQUESTED',
  });
});

it('a decision on a join request notifies the requester only', async () => {
  const [owner, guest] = (await harness.users(2)) as [string, string];
  const companyId = await harness.company([{ userId: owner, role: 'OWNER', from: 1 }]);
  const { notifyRequesterWhenJoinDecided } = new NotifyRequesterWhenJoinDecided();
  const decided = (accepted: boolean) =>
    harness.run(
      CompanyJoinDecided,
      notifyRequesterWhenJoinDecided,
      { requestId: newId(), companyId, companyName: 'Acme', userId: guest, accepted },
      { actorId: owner, companyId, version: 2 },
    );
  expect(await decided(true)).toEqual({ [guest]: 'JOIN_ACCEPTED' });
  expect(await decided(false)).toEqual({ [guest]: 'JOIN_DECLINED' });
});
