import type { MemberView } from '@convene/contracts/http/companies';
import type { MemberRow } from '../memberships/membership';

export function toMemberView({ userId, role, joinedAt, user }: MemberRow): MemberView {
  return { userId, displayName: user.displayName, role, joinedAt: joinedAt.toISOString() };
}
