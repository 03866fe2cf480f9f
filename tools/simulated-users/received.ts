import type { NotificationCreatedFrame } from '@convene/contracts/frames';

/** A notification on a device. */
export interface Received {
  readonly frame: NotificationCreatedFrame;
  /** `Date.now()` when it came. */
  readonly at: number;
}
