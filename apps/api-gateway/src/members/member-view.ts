import type { MemberView } from '@convene/contracts/http/companies';
import type { MemberRow } from '../companies/membership';

export function toMemberView({ userId, role, joinedAt, user }: MemberRow): MemberView {
  return { userId, displayName: user.displayName, role, joinedAt: joinedAt.toISOString() };
}
