import {
  givesUpOwnership,
  mayDispose,
  mayInvite,
  mayInviteAs,
  mayManage,
  mayRemoveMember,
  maySetRole,
} from './permissions';
import type { Role } from './role';

const ROLES: Role[] = ['OWNER', 'ADMIN', 'MEMBER'];

describe('permissions', () => {
  it.each([
    ['OWNER', true],
    ['ADMIN', true],
    ['MEMBER', false],
  ] as const)('lets %s invite and manage: %s', (role, allowed) => {
    expect(mayManage(role)).toBe(allowed);
    expect(mayInvite(role)).toBe(allowed);
    expect(mayInviteAs(role, 'MEMBER')).toBe(allowed);
    expect(mayInviteAs(role, 'ADMIN')).toBe(allowed);
  });

  it('lets nobody invite an owner', () => {
    expect(mayInviteAs('OWNER', 'OWNER')).toBe(false);
    expect(mayInviteAs('ADMIN', 'OWNER')).toBe(false);
  });

  it('leaves the company itself to its owners', () => {
    expect(ROLES.filter(mayDispose)).toEqual(['OWNER']);
  });

  it('lets an owner remove anyone, an admin members only, a member nobody', () => {
    const removable = (role: Role) => ROLES.filter((target) => mayRemoveMember(role, target));
    expect(removable('OWNER')).toEqual(ROLES);
    expect(removable('ADMIN')).toEqual(['MEMBER']);
    expect(removable('MEMBER')).toEqual([]);
  });

  it('lets an owner give any role, an admin promote members and demote themselves alone, a member nothing', () => {
    const changes = (role: Role, self = false) =>
      ROLES.flatMap((from) => ROLES.filter((to) => maySetRole(role, from, to, { self })).map((to) => `${from}>${to}`));
    expect(changes('OWNER')).toHaveLength(9);
    expect(changes('ADMIN')).toEqual(['ADMIN>ADMIN', 'MEMBER>ADMIN', 'MEMBER>MEMBER']);
    expect(changes('ADMIN', true)).toContain('ADMIN>MEMBER');
    expect(changes('MEMBER')).toEqual([]);
    expect(changes('MEMBER', true)).toEqual([]);
  });

  it('knows which changes take an owner away', () => {
    expect(givesUpOwnership('OWNER', null)).toBe(true);
    expect(givesUpOwnership('OWNER', 'ADMIN')).toBe(true);
    expect(givesUpOwnership('OWNER', 'OWNER')).toBe(false);
    expect(givesUpOwnership('ADMIN', null)).toBe(false);
    expect(givesUpOwnership('ADMIN', 'OWNER')).toBe(false);
  });
});
