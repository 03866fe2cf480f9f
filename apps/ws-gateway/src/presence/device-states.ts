import { mostPresent, type Present } from '@convene/realtime/present';
import { Injectable } from '@nestjs/common';
import type { LiveSession } from '../sessions/live-session';
import type { LocalUser } from '../sessions/local-user';

/** Which devices of this node are in use, and what that makes of their people. */
@Injectable()
export class DeviceStates {
  private readonly away = new WeakSet<LiveSession>();
  /** Until when a device that has gone still counts, because it may just be reloading. */
  private readonly missed = new WeakMap<LocalUser, number>();

  set(session: LiveSession, state: Present): void {
    if (state === 'AWAY') this.away.add(session);
    else this.away.delete(session);
  }

  /** A device has gone that others of its user remain of. @returns whether it was in use, and so still counts until then. */
  miss(user: LocalUser, session: LiveSession, until: number): boolean {
    if (this.away.has(session)) return false;
    this.missed.set(user, until);
    return true;
  }

  /** Of somebody who has a device here. */
  of(user: LocalUser, now = Date.now()): Present {
    let state: Present = (this.missed.get(user) ?? 0) > now ? 'ONLINE' : 'AWAY';
    for (const session of user.sessions) state = mostPresent(state, this.away.has(session) ? 'AWAY' : 'ONLINE');
    return state;
  }
}
