import type { InviteView } from '@convene/contracts/http/invites';
import { type InviteStatus, visibleStatus } from '@convene/domain/invite';
import type { Role } from '@convene/domain/role';

/** What an export reads of an invite. */
export const INVITE_ROW = {
  id: true,
  email: true,
  role: true,
  status: true,
  rotation: true,
  tokenHash: true,
  createdAt: true,
  sentAt: true,
  sends: true,
  expiresAt: true,
  decidedByUserId: true,
  company: { select: { id: true, name: true, deletedAt: true } },
  inviter: { select: { id: true, displayName: true } },
} as const;

/** The same in SQL, over `i` (invites), `c` (companies) and `u` (users): in one statement rather than one per relation. */
export const INVITE_COLUMNS = `
  i.id, i.email, i.role::text, i.status::text, i.rotation, i.token_hash AS "tokenHash", i.created_at AS "createdAt",
  i.sent_at AS "sentAt", i.sends, i.expires_at AS "expiresAt", i.decided_by_user_id AS "decidedByUserId",
  jsonb_build_object('id', c.id, 'name', c.name, 'deletedAt', c.deleted_at) AS company,
  jsonb_build_object('id', u.id, 'displayName', u.display_name) AS inviter`;

export interface InviteRow {
  id: string;
  email: string;
  role: Role;
  status: InviteStatus;
  rotation: number;
  tokenHash: string;
  createdAt: Date;
  sentAt: Date;
  sends: number;
  expiresAt: Date;
  decidedByUserId: string | null;
  company: { id: string; name: string; deletedAt: Date | null };
  inviter: { id: string; displayName: string };
}

/** What `toInviteView` shows. */
type ShownInvite = Pick<InviteRow, 'id' | 'email' | 'role' | 'status' | 'createdAt' | 'expiresAt' | 'inviter'> & {
  readonly company: Pick<InviteRow['company'], 'id' | 'name'>;
};

export function toInviteView(invite: ShownInvite): InviteView {
  const { id, email, role, inviter, company } = invite;
  return {
    id,
    company: { id: company.id, name: company.name },
    email,
    role,
    inviter,
    status: visibleStatus(invite, new Date()),
    createdAt: invite.createdAt.toISOString(),
    expiresAt: invite.expiresAt.toISOString(),
  };
}
