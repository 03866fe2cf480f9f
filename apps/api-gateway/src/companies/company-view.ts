import type { CompanyView } from '@convene/contracts/http/companies';
import type { CompanyMembership } from './membership';

export function toCompanyView({ role, company }: CompanyMembership): CompanyView {
  const { id, name, membershipVersion, createdAt } = company;
  return { id, name, role, membershipVersion, createdAt: createdAt.toISOString() };
}
