import type { Role } from './role';

/** OWNER > ADMIN > MEMBER: who may bring people in, and see who was invited. */
export function mayInvite(role: Role): boolean {
  return role === 'OWNER' || role === 'ADMIN';
}

/** Ownership is transferred, never offered; an ADMIN may appoint another. */
export function mayInviteAs(role: Role, offered: Role): boolean {
  return mayInvite(role) && offered !== 'OWNER';
}
