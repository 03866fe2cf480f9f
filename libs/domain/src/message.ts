import type { Role } from './role';

/** Owners and admins write to their company, or to some of its members. */
export function mayWriteToCompany(role: Role): boolean {
  return role === 'OWNER' || role === 'ADMIN';
}

/** What people say to each other, as against what happened to them. */
export function isMessage(code: string): boolean {
  return code === 'MESSAGE' || code === 'REPLY';
}
