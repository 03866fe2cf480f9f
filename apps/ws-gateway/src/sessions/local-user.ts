import type { Unread } from '@convene/contracts/sockets/frames';
import type { LiveSession } from './live-session';

/** Somebody with at least one device on this node, and what the node knows of them. */
export class LocalUser {
  readonly sessions = new Set<LiveSession>();
  /** Companies they are a member of, each with the membership version as of which that was read. */
  readonly companies = new Map<string, number>();
  unread: Unread = { count: 0, version: -1 };

  constructor(readonly id: string) {}

  get openSessions(): LiveSession[] {
    return [...this.sessions].filter((session) => session.isOpen);
  }
}
