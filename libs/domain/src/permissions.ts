import type { Role } from './role';

/** OWNER > ADMIN > MEMBER: who may run a company, see its audit trail and answer requests to join. */
export function mayManage(role: Role): boolean {
  return role === 'OWNER' || role === 'ADMIN';
}

/** Whether a role may invite users and see invites. */
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

export function mayRemoveMember(role: Role, target: Role): boolean {
  return role === 'OWNER' || (role === 'ADMIN' && target === 'MEMBER');
}

/**
 * An OWNER gives any role to anyone. An ADMIN makes a MEMBER an ADMIN, and may step back to MEMBER; who may not remove
 * another ADMIN may not demote one either.
 */
export function maySetRole(role: Role, current: Role, next: Role, { self = false } = {}): boolean {
  if (role === 'OWNER') return true;
  return (
    role === 'ADMIN' && next !== 'OWNER' && (current === 'MEMBER' || self || current === next) && current !== 'OWNER'
  );
}

/** Whether a change (`next`: null for leaving) takes an owner away: then another must be there. */
export function givesUpOwnership(current: Role, next: Role | null): boolean {
  return current === 'OWNER' && next !== 'OWNER';
}
