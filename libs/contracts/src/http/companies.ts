import { z } from 'zod';
import { Role } from '../role';

export const CreateCompanyBody = z.strictObject({ name: z.string().trim().min(1).max(120) });
export type CreateCompanyBody = z.infer<typeof CreateCompanyBody>;

export interface CompanyView {
  id: string;
  name: string;
  /** The caller's role in it. */
  role: Role;
  /** Rises with every membership or role change. */
  membershipVersion: number;
  createdAt: string;
}

export interface MemberView {
  userId: string;
  displayName: string;
  role: Role;
  joinedAt: string;
}
