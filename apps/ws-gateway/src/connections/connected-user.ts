import type { Unread } from '@convene/contracts/frames';
import type { Present } from '@convene/realtime/presence';
import type { Connection } from './connection';

/** Somebody with at least one device on this node, and what the node knows of them. */
export class ConnectedUser {
  private devices: readonly Connection[] = [];
  /** Companies they are a member of, each with the membership version as of which that was read. */
  readonly companies = new Map<string, number>();
  unread: Unread = { count: 0, version: -1 };
  /** What this node says of them to their companies, once it has said something. */
  said: Present | undefined;

  constructor(readonly id: string) {}

  /** Their devices here, as of now: an array that does not change. Mostly it is one, for which a set would be a waste. */
  get connections(): readonly Connection[] {
    return this.devices;
  }

  add(connection: Connection): void {
    // Of just that size, where a spread leaves room for sixteen more.
    this.devices = this.devices.concat(connection);
  }

  /** @returns false for one that was not theirs, or not any more. */
  delete(connection: Connection): boolean {
    const others = this.devices.filter((device) => device !== connection);
    if (others.length === this.devices.length) return false;
    this.devices = others;
    return true;
  }

  get openConnections(): Connection[] {
    return this.connections.filter((connection) => connection.isOpen);
  }
}
