import type { Role } from './role';

/** OWNER > ADMIN > MEMBER: who may run a company, see its audit trail and answer requests to join. */
export function mayManage(role: Role): boolean {
  return role === 'OWNER' || role === 'ADMIN';
}

/** Who may bring people in, and see who was invited. */
export function mayInvite(role: Role): boolean {
  return mayManage(role);
}

/** Ownership is transferred, never offered; an ADMIN may appoint another. */
export function mayInviteAs(role: Role, offered: Role): boolean {
  return mayInvite(role) && offered !== 'OWNER';
}

/** To delete a company, or to hand it over. */
export function mayDispose(role: Role): boolean {
  return role === 'OWNER';
}

export function mayRemove(role: Role, target: Role): boolean {
  return role === 'OWNER' || (role === 'ADMIN' && target === 'MEMBER');
}

/** An OWNER gives any role to anyone; an ADMIN makes admins and members of each other, themselves included. */
export function maySetRole(role: Role, current: Role, next: Role): boolean {
  return role === 'OWNER' || (role === 'ADMIN' && current !== 'OWNER' && next !== 'OWNER');
}

/** Whether a change (`next`: null for leaving) takes an owner away: then another must be there. */
export function givesUpOwnership(current: Role, next: Role | null): boolean {
  return current === 'OWNER' && next !== 'OWNER';
}
