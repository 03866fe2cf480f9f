import type { CompanyView } from '@convene/contracts/http/companies';
import type { CompanyMembership } from './membership';

export function toCompanyView({ role, company }: CompanyMembership): CompanyView {
  const { id, name, isPublic, membershipVersion, createdAt } = company;
  return { id, name, isPublic, role, membershipVersion, createdAt: createdAt.toISOString() };
}
