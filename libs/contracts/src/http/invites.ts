import { z } from 'zod';
import { Email } from './auth';
import type { Role } from '../role';

/** Nobody is invited as an OWNER: ownership is transferred. */
export const CreateInviteBody = z.strictObject({
  email: Email,
  role: z.enum(['ADMIN', 'MEMBER']).default('MEMBER'),
});
export type CreateInviteBody = z.infer<typeof CreateInviteBody>;

export const InviteStatus = z.enum(['PENDING', 'ACCEPTED', 'REJECTED', 'REVOKED', 'EXPIRED']);
export type InviteStatus = z.infer<typeof InviteStatus>;

export interface InviteView {
  id: string;
  company: { id: string; name: string };
  email: string;
  role: Role;
  inviter: { id: string; displayName: string };
  status: InviteStatus;
  createdAt: string;
  expiresAt: string;
}
