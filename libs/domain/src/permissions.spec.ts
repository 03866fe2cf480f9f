import { mayInvite, mayInviteAs } from './permissions';

describe('permissions', () => {
  it.each([
    ['OWNER', true],
    ['ADMIN', true],
    ['MEMBER', false],
  ] as const)('lets %s invite: %s', (role, allowed) => {
    expect(mayInvite(role)).toBe(allowed);
    expect(mayInviteAs(role, 'MEMBER')).toBe(allowed);
    expect(mayInviteAs(role, 'ADMIN')).toBe(allowed);
  });

  it('lets nobody invite an owner', () => {
    expect(mayInviteAs('OWNER', 'OWNER')).toBe(false);
    expect(mayInviteAs('ADMIN', 'OWNER')).toBe(false);
  });
});
