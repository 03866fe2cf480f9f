import { z } from 'zod';
import { CATALOGUE } from '../catalogue';
import { PresenceState } from '../presence';
import { Role } from '../role';
import { PageQuery } from './paging';
import { isNameable, NAMEABLE } from './plain-text';
import { Id } from './route';
import { PersonView } from './users';

const CompanyName = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .refine(isNameable, NAMEABLE)
  .meta({ examples: ['Acme'] });

export const CreateCompanyBody = z
  .strictObject({ name: CompanyName, isPublic: z.boolean().default(false) })
  .meta({ id: 'CreateCompanyBody' });
export type CreateCompanyBody = z.infer<typeof CreateCompanyBody>;

export const UpdateCompanyBody = z
  .strictObject({ name: CompanyName.optional(), isPublic: z.boolean().optional() })
  .meta({ id: 'UpdateCompanyBody' });
export type UpdateCompanyBody = z.infer<typeof UpdateCompanyBody>;

export const CompanyView = z
  .object({
    id: Id,
    name: z.string(),
    isPublic: z.boolean().meta({ description: 'Whether it has a public page and accepts requests to join' }),
    role: Role.meta({ description: "The caller's role in it" }),
    membershipVersion: z.int().meta({ description: 'Increases with every change of a membership or role' }),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Company' });
export type CompanyView = z.infer<typeof CompanyView>;

export const PublicCompanyView = z
  .object({ id: Id, name: z.string(), memberCount: z.int(), createdAt: z.iso.datetime() })
  .meta({ id: 'PublicCompany' });
export type PublicCompanyView = z.infer<typeof PublicCompanyView>;

export const MemberView = z
  .object({ userId: Id, displayName: z.string(), role: Role, joinedAt: z.iso.datetime() })
  .meta({ id: 'Member' });
export type MemberView = z.infer<typeof MemberView>;

export const UpdateMemberBody = z.strictObject({ role: Role }).meta({ id: 'UpdateMemberBody' });
export type UpdateMemberBody = z.infer<typeof UpdateMemberBody>;

export const TransferOwnershipBody = z
  .strictObject({ userId: Id.meta({ description: 'A member, who becomes an owner; the caller becomes an admin' }) })
  .meta({ id: 'TransferOwnershipBody' });
export type TransferOwnershipBody = z.infer<typeof TransferOwnershipBody>;

export const PresenceView = z
  .object({
    userId: Id,
    displayName: z.string(),
    state: PresenceState,
    online: z.boolean().meta({ description: 'Whether `state` is `ONLINE` or `AWAY`: some device is connected' }),
  })
  .meta({ id: 'Presence' });
export type PresenceView = z.infer<typeof PresenceView>;

export const JoinRequestStatus = z.enum(['PENDING', 'ACCEPTED', 'DECLINED']).meta({ id: 'JoinRequestStatus' });
export type JoinRequestStatus = z.infer<typeof JoinRequestStatus>;

export const JoinRequestsQuery = PageQuery.extend({ status: JoinRequestStatus.default('PENDING') });
export type JoinRequestsQuery = z.infer<typeof JoinRequestsQuery>;

export const JoinRequestView = z
  .object({
    id: Id,
    company: z.object({ id: Id, name: z.string() }),
    user: PersonView,
    status: JoinRequestStatus,
    createdAt: z.iso.datetime(),
    decidedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'JoinRequest' });
export type JoinRequestView = z.infer<typeof JoinRequestView>;

const AUDITED = CATALOGUE.filter(({ audit }) => audit.length > 0)
  .map(({ type, audit }) => `\`${type}\`: ${audit.map((fact) => `\`${fact}\``).join(', ')}`)
  .join('; ');

export const AuditEntryView = z
  .object({
    id: Id,
    type: z.string().meta({ description: 'Of the domain event', examples: ['invites.created'] }),
    actor: PersonView.nullable().meta({ description: 'null for an event without an actor, such as an expiry' }),
    facts: z
      .record(z.string(), z.unknown())
      .meta({ description: `What the event's contract lists for it. ${AUDITED}; all others show no facts` }),
    membershipVersion: z.int().nullable(),
    occurredAt: z.iso.datetime(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntryView = z.infer<typeof AuditEntryView>;
