import type { NotificationCreatedFrame, Unread } from '@convene/contracts/frames';

/** All rows of one inbox in `(after, to]`. */
export interface InboxPage<Frame> {
  readonly after: number;
  readonly to: number;
  readonly rows: readonly Frame[];
}

/** Which inbox to read, and from where; without `after` no rows. */
export interface SnapshotRequest {
  readonly userId: string;
  readonly after?: number | undefined;
}

/** The truth about one user at one moment, read from the primary in one statement. */
export interface Snapshot {
  readonly headSeq: number;
  readonly unread: Unread;
  readonly epoch: string;
  /** Membership version by company the user is a member of. */
  readonly companies: ReadonlyMap<string, number>;
  readonly page: InboxPage<NotificationCreatedFrame>;
}
