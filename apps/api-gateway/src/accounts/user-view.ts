import type { UserView } from '@convene/contracts/http/auth';

export const USER_VIEW = {
  id: true,
  email: true,
  emailVerifiedAt: true,
  displayName: true,
  timeZone: true,
  activeCompanyId: true,
} as const;

interface UserRow {
  id: string;
  email: string;
  emailVerifiedAt: Date | null;
  displayName: string;
  timeZone: string;
  activeCompanyId: string | null;
}

/** A person, as they see themselves. */
export function toUserView({ emailVerifiedAt, ...user }: UserRow): UserView {
  return { ...user, emailVerified: emailVerifiedAt !== null };
}
