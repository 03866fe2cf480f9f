import type { Role } from './role';

/** What somebody is in a company, and who else is. */
export interface Seat {
  readonly role: Role;
  readonly hasOtherOwners: boolean;
  readonly hasOtherMembers: boolean;
}

/**
 * What becomes of a company when one of its members deletes their account: it goes on without them, it goes with them
 * because nobody else is in it, or it stands in the way because it would be without an owner.
 */
export function decideMembershipOnAccountDeletion({
  role,
  hasOtherOwners,
  hasOtherMembers,
}: Seat): 'leave' | 'close' | 'refuse' {
  if (!hasOtherMembers) return 'close';
  return role === 'OWNER' && !hasOtherOwners ? 'refuse' : 'leave';
}
