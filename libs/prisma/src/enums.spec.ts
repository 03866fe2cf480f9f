import { CompanyInvitesQuery } from '@convene/contracts/http/invites';
import { Role } from '@convene/contracts/role';
import type { InviteStatus as DomainInviteStatus } from '@convene/domain/invite';
import type { Role as DomainRole } from '@convene/domain/role';
import { InviteStatus as DatabaseInviteStatus, Role as DatabaseRole } from './generated/enums';

// Contracts, domain and database each name these values, because none of them imports another.
type Same<A, B> = [A, B] extends [B, A] ? true : false;
type ContractInviteStatus = NonNullable<(typeof CompanyInvitesQuery)['_output']['status']>;

it('the contract, the domain and the database have the same roles', () => {
  const same: [Same<Role, DomainRole>, Same<Role, DatabaseRole>] = [true, true];
  expect(same).toEqual([true, true]);
  expect(Role.options).toEqual(Object.values(DatabaseRole));
});

it('the contract, the domain and the database have the same states of an invite', () => {
  const same: [Same<ContractInviteStatus, DomainInviteStatus>, Same<ContractInviteStatus, DatabaseInviteStatus>] = [
    true,
    true,
  ];
  expect(same).toEqual([true, true]);
  for (const status of Object.values(DatabaseInviteStatus)) {
    expect(CompanyInvitesQuery.parse({ status })).toMatchObject({ status });
  }
});
