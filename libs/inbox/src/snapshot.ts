import type { NotificationCreatedFrame, Unread } from '@convene/contracts/frames';

/** All rows of one inbox in `(after, to]`. Example: `after 40, to 42` with rows 41 and 42; 42 alone means that 41 was deleted. */
export interface InboxPage<Frame> {
  readonly after: number;
  readonly to: number;
  readonly rows: readonly Frame[];
}

/** The inbox to read and the seq to start after; without `after` no rows. */
export interface SnapshotRequest {
  readonly userId: string;
  readonly after?: number | undefined;
}

/** The state of one user at one time, read from the primary in one statement. */
export interface Snapshot {
  readonly headSeq: number;
  readonly unread: Unread;
  readonly epoch: string;
  /** Membership version by company the user is a member of. */
  readonly companies: ReadonlyMap<string, number>;
  readonly page: InboxPage<NotificationCreatedFrame>;
}
