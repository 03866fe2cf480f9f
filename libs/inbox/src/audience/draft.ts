/** Who shall be told what. Recipients are named, or found by the role they held at the event's membership version. */
export interface NotificationDraft {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly except: readonly string[];
  readonly code: string;
  readonly params: object;
  /** A person's own words: whoever has blocked the actor does not get them. */
  readonly personal: boolean;
}

/** The event a reaction answers, as far as its notifications depend on it. */
export interface ReactionSubject {
  readonly id: string;
  readonly occurredAt: string;
  readonly actorId: string | null;
  readonly companyId: string | null;
  readonly membershipVersion: number | null;
}

/** Drafts as a statement takes them: the first that reaches a recipient is theirs. */
export function numbered(drafts: readonly NotificationDraft[]): string {
  return JSON.stringify(drafts.map((draft, position) => ({ ...draft, position })));
}
