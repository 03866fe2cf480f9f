import { decideMembershipOnAccountDeletion } from './account-deletion';

it.each([
  ['OWNER', false, false, 'close'],
  ['OWNER', false, true, 'refuse'],
  ['OWNER', true, true, 'leave'],
  ['ADMIN', true, true, 'leave'],
  ['MEMBER', true, true, 'leave'],
] as const)(
  'account deletion for %s, other owners %s, other members %s: %s',
  (role, hasOtherOwners, hasOtherMembers, expected) => {
    expect(decideMembershipOnAccountDeletion({ role, hasOtherOwners, hasOtherMembers })).toBe(expected);
  },
);
