import type { Unread } from '@convene/contracts/frames';
import type { Present } from '@convene/realtime/presence';
import type { Connection } from './connection';

/** A user with at least one connection to this node, and the state that the node keeps for them. */
export class ConnectedUser {
  private devices: readonly Connection[] = [];
  /** Companies they are a member of, each with the membership version as of which that was read. */
  readonly companies = new Map<string, number>();
  unread: Unread = { count: 0, version: -1 };
  /** The state that this node has published to the user's companies. */
  publishedState: Present | undefined;

  constructor(readonly id: string) {}

  /** An immutable array: a change replaces it. Most users have one connection, so a set would waste memory. */
  get connections(): readonly Connection[] {
    return this.devices;
  }

  add(connection: Connection): void {
    // `concat` allocates the exact size; a spread reserves sixteen more elements.
    this.devices = this.devices.concat(connection);
  }

  /** @returns false for a connection that is not in the list. */
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
