/** A notification and its recipients: named users, and users by the role they held at the event's membership version. */
export interface NotificationDraft {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly except: readonly string[];
  readonly code: string;
  readonly params: object;
  /** The text of a user: recipients who have blocked the actor do not get it. */
  readonly personal: boolean;
  /** Only for those who held a role, whichever, at the event's membership version. */
  readonly onlyMembers?: boolean;
}

/** The fields of an event that its notifications depend on. */
export interface ReactionSubject {
  readonly id: string;
  readonly occurredAt: string;
  readonly actorId: string | null;
  readonly companyId: string | null;
  readonly membershipVersion: number | null;
}

/** Drafts as a statement takes them. A recipient of several drafts gets the first. */
export function numbered(drafts: readonly NotificationDraft[]): (NotificationDraft & { position: number })[] {
  return drafts.map((draft, position) => ({ ...draft, position }));
}
