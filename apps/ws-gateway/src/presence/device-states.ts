import { mostPresent, type Present } from '@convene/realtime/presence';
import { Injectable } from '@nestjs/common';
import type { Connection } from '../connections/connection';
import type { ConnectedUser } from '../connections/connected-user';

/** Which devices of this node are in use, and what that makes of their people. */
@Injectable()
export class DeviceStates {
  private readonly away = new WeakSet<Connection>();
  /** Until when a device that has gone still counts, because it may just be reloading. */
  private readonly missed = new WeakMap<ConnectedUser, number>();

  set(connection: Connection, state: Present): void {
    if (state === 'AWAY') this.away.add(connection);
    else this.away.delete(connection);
  }

  /** A device has gone that others of its user remain of. @returns whether it was in use, and so still counts until then. */
  miss(user: ConnectedUser, connection: Connection, until: number): boolean {
    if (this.away.has(connection)) return false;
    this.missed.set(user, until);
    return true;
  }

  /** Of somebody who has a device here. */
  of(user: ConnectedUser, now = Date.now()): Present {
    let state: Present = (this.missed.get(user) ?? 0) > now ? 'ONLINE' : 'AWAY';
    for (const connection of user.connections)
      state = mostPresent(state, this.away.has(connection) ? 'AWAY' : 'ONLINE');
    return state;
  }
}
