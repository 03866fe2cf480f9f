import type { Role } from './role';

/** The role of a user in a company, and the numbers of other members. */
export interface Seat {
  readonly role: Role;
  readonly hasOtherOwners: boolean;
  readonly hasOtherMembers: boolean;
}

/**
 * What becomes of a company when one of its members deletes their account: it goes on without them, it goes with them
 * because it has no other member, or it prevents the deletion because it would have no owner.
 */
export function decideMembershipOnAccountDeletion({
  role,
  hasOtherOwners,
  hasOtherMembers,
}: Seat): 'leave' | 'close' | 'refuse' {
  if (!hasOtherMembers) return 'close';
  return role === 'OWNER' && !hasOtherOwners ? 'refuse' : 'leave';
}
