import { Injectable } from '@nestjs/common';
import { mostPresent, type Present } from '@convene/realtime/presence';
import type { ConnectedUser } from '../connections/connected-user';
import type { Connection } from '../connections/connection';

/** Which devices of this node are in use, and the state of their users. */
@Injectable()
export class DeviceStates {
  private readonly away = new WeakSet<Connection>();
  /** Until when a disconnected device still counts, because its page may be reloading. */
  private readonly countedUntil = new WeakMap<ConnectedUser, number>();

  set(connection: Connection, state: Present): void {
    if (state === 'AWAY') this.away.add(connection);
    else this.away.delete(connection);
  }

  /** For a device that disconnected while others of its user remain. @returns whether it was in use, and so counts until then. */
  markReloading(user: ConnectedUser, connection: Connection, until: number): boolean {
    if (this.away.has(connection)) return false;
    this.countedUntil.set(user, until);
    return true;
  }

  /** The state of a user who is connected to this node. */
  of(user: ConnectedUser, now = Date.now()): Present {
    let state: Present = (this.countedUntil.get(user) ?? 0) > now ? 'ONLINE' : 'AWAY';
    for (const connection of user.connections)
      state = mostPresent(state, this.away.has(connection) ? 'AWAY' : 'ONLINE');
    return state;
  }
}
