/**
 * Whom a notifying reaction notifies, as facts of its event: the fields of the payload with a user's id (or a list of ids), and
 * the roles. Stated a second time on purpose: a verification that asked the handlers would agree with their mistakes.
 * tools/lint/reaction-names.spec.ts compares it with them. A reaction that is not stated here is left out of verifications.
 */
export interface AudienceFacts {
  readonly users?: readonly string[];
  readonly roles?: readonly ('OWNER' | 'ADMIN' | 'MEMBER')[];
  /** Fields with those of the role holders who are left out. */
  readonly except?: readonly string[];
  readonly onlyMembers?: boolean;
  /** Recipients who have blocked the actor get nothing. */
  readonly personal?: boolean;
  /** The field of the payload that withholds the notification from everyone, when it is true. */
  readonly unless?: string;
}

const MANAGERS = ['OWNER', 'ADMIN'] as const;
const EVERYONE = ['OWNER', 'ADMIN', 'MEMBER'] as const;

export const AUDIENCE_FACTS: Readonly<Record<string, AudienceFacts>> = {
  'notify-addressee-when-friendship-requested': { users: ['addresseeId'], unless: 'withheld' },
  'notify-all-concerned-when-member-removed': { users: ['userId'], roles: MANAGERS, except: ['userId'] },
  'notify-all-concerned-when-ownership-transferred': { users: ['toUserId'], roles: MANAGERS, except: ['toUserId'] },
  // A company's message names no recipients; one to users has no roles.
  'notify-audience-when-message-sent': { users: ['recipientIds'], roles: EVERYONE, personal: true },
  'notify-invitee-when-invited': { users: ['inviteeId'] },
  'notify-invitee-when-resent': { users: ['inviteeId'] },
  'notify-invitee-when-revoked': { users: ['inviteeId'] },
  'notify-inviter-when-accepted': { users: ['inviterId'], onlyMembers: true },
  'notify-inviter-when-expired': { users: ['inviterId'], onlyMembers: true },
  'notify-inviter-when-rejected': { users: ['inviterId'], onlyMembers: true },
  'notify-managers-when-join-requested': { roles: MANAGERS },
  'notify-managers-when-member-joined': { roles: MANAGERS, except: ['userId', 'inviterId'] },
  'notify-managers-when-member-left': { roles: MANAGERS },
  'notify-member-when-role-updated': { users: ['userId'] },
  'notify-members-when-company-deleted': { roles: EVERYONE },
  'notify-requester-when-friendship-accepted': { users: ['requesterId'] },
  'notify-requester-when-join-decided': { users: ['userId'] },
  'notify-sender-when-replied': { users: ['recipientId'], personal: true },
};

/** For `jsonb_to_recordset`, all fields present. */
export const AUDIENCE_FACTS_JSON = JSON.stringify(
  Object.entries(AUDIENCE_FACTS).map(([reaction, facts]) => ({
    reaction,
    users: [],
    roles: [],
    except: [],
    onlyMembers: false,
    personal: false,
    unless: null,
    ...facts,
  })),
);
