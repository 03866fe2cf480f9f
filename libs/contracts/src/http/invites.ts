import { z } from 'zod';
import { Role } from '../role';
import { Email } from './auth';
import { PageQuery } from './paging';
import { Id } from './route';
import { PersonView } from './users';

const OfferedRole = z
  .enum(['ADMIN', 'MEMBER'])
  .default('MEMBER')
  .meta({ description: 'There are no invitations as OWNER: ownership is transferred' });
const MAX_BATCH = 100;

export const InviteOneBody = z.strictObject({ email: Email, role: OfferedRole }).meta({ id: 'InviteOneBody' });
export type InviteOneBody = z.infer<typeof InviteOneBody>;

/** Each address has an outcome of its own: an invalid one does not affect the others. */
export const InviteManyBody = z
  .strictObject({
    emails: z
      .array(z.string().max(254))
      .min(1)
      .max(MAX_BATCH)
      .meta({ examples: [['bo@example.com', 'cy@example.com']] }),
    role: OfferedRole,
  })
  .meta({ id: 'InviteManyBody' });
export type InviteManyBody = z.infer<typeof InviteManyBody>;

export const CreateInviteBody = z.union([InviteOneBody, InviteManyBody]).meta({ id: 'CreateInviteBody' });
export type CreateInviteBody = z.infer<typeof CreateInviteBody>;

const InviteStatus = z.enum(['PENDING', 'ACCEPTED', 'REJECTED', 'REVOKED', 'EXPIRED']).meta({ id: 'InviteStatus' });
type InviteStatus = z.infer<typeof InviteStatus>;

export const CompanyInvitesQuery = PageQuery.extend({ status: InviteStatus.optional() });
export type CompanyInvitesQuery = z.infer<typeof CompanyInvitesQuery>;

export const InviteView = z
  .object({
    id: Id,
    company: z.object({ id: Id, name: z.string() }),
    email: z.string(),
    role: Role,
    inviter: PersonView,
    status: InviteStatus,
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Invite' });
export type InviteView = z.infer<typeof InviteView>;

/** The outcome of each address, in the given order. */
export const InviteOutcomes = z
  .object({
    outcomes: z.array(
      z.object({
        email: z.string(),
        invite: InviteView.nullable().meta({ description: 'null where there is an error' }),
        error: z.object({ code: z.string(), detail: z.string() }).nullable(),
      }),
    ),
  })
  .meta({ id: 'InviteOutcomes' });
export type InviteOutcomes = z.infer<typeof InviteOutcomes>;

export const TokenOrId = z.object({
  tokenOrId: z.string().max(200).meta({ description: 'The token of the mail, or the id of the invite' }),
});
