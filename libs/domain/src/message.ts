import type { Role } from './role';

/** Owners and admins write to their company, or to some of its members. */
export function mayWriteToCompany(role: Role): boolean {
  return role === 'OWNER' || role === 'ADMIN';
}
