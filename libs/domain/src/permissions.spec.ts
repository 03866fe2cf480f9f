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
  ] as const)('let %s invite and manage: %s', (role, allowed) => {
    expect(mayManage(role)).toBe(allowed);
    expect(mayInvite(role)).toBe(allowed);
    expect(mayInviteAs(role, 'MEMBER')).toBe(allowed);
    expect(mayInviteAs(role, 'ADMIN')).toBe(allowed);
  });

  it('let no role invite an owner', () => {
    expect(mayInviteAs('OWNER', 'OWNER')).toBe(false);
    expect(mayInviteAs('ADMIN', 'OWNER')).toBe(false);
  });

  it('let only owners change the company itself', () => {
    expect(ROLES.filter(mayDispose)).toEqual(['OWNER']);
  });

  it('let an owner remove everyone, an admin members only, a member no one', () => {
    const removable = (role: Role) => ROLES.filter((target) => mayRemoveMember(role, target));
    expect(removable('OWNER')).toEqual(ROLES);
    expect(removable('ADMIN')).toEqual(['MEMBER']);
    expect(removable('MEMBER')).toEqual([]);
  });

  it('let an owner give any role, an admin promote members and demote themselves, a member nothing', () => {
    const changes = (role: Role, self = false) =>
      ROLES.flatMap((from) => ROLES.filter((to) => maySetRole(role, from, to, { self })).map((to) => `${from}>${to}`));
    expect(changes('OWNER')).toHaveLength(9);
    expect(changes('ADMIN')).toEqual(['ADMIN>ADMIN', 'MEMBER>ADMIN', 'MEMBER>MEMBER']);
    expect(changes('ADMIN', true)).toContain('ADMIN>MEMBER');
    expect(changes('MEMBER')).toEqual([]);
    expect(changes('MEMBER', true)).toEqual([]);
  });

  it('identify the changes that remove an owner', () => {
    expect(givesUpOwnership('OWNER', null)).toBe(true);
    expect(givesUpOwnership('OWNER', 'ADMIN')).toBe(true);
    expect(givesUpOwnership('OWNER', 'OWNER')).toBe(false);
    expect(givesUpOwnership('ADMIN', null)).toBe(false);
    expect(givesUpOwnership('ADMIN', 'OWNER')).toBe(false);
  });
});
