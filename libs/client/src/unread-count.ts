import type { Unread } from './notifications';

/** The newest count, whichever way it came and however late. */
export class UnreadCount {
  current: Unread | undefined;

  /** @returns whether it is news. */
  offer({ count, version }: Unread): boolean {
    if (this.current && version <= this.current.version) return false;
    this.current = { count, version };
    return true;
  }

  /** Another inbox: its versions do not compare. */
  reset(): void {
    this.current = undefined;
  }
}
