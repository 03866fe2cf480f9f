import { Inject, Injectable } from '@nestjs/common';
import { GRACE_MS, type Present } from '@convene/realtime/presence';
import type { ConnectedUser } from '../connections/connected-user';
import type { Connection } from '../connections/connection';
import { Drain } from '../connections/drain';
import { ENV, type Env } from '../env';
import { DeviceStates } from './device-states';
import { PresencePublisher } from './presence-publisher';

/** A timer may ring a moment before its time. */
const TIMER_EARLY_MS = 5;

/** Turns connects, disconnects and state changes of devices into presence updates for each company of the user. */
@Injectable()
export class LocalPresence {
  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly devices: DeviceStates,
    private readonly publisher: PresencePublisher,
    private readonly drain: Drain,
  ) {}

  /** A device has connected; it counts as in use. */
  connected(user: ConnectedUser): void {
    this.publishState(user);
  }

  update(user: ConnectedUser, connection: Connection, state: Present): void {
    this.devices.set(connection, state);
    this.publishState(user);
  }

  /** A device has disconnected. A reload of its page must not show, neither as OFFLINE nor as AWAY. */
  disconnected(user: ConnectedUser, connection: Connection): void {
    if (user.connections.length > 0) {
      if (!this.devices.markReloading(user, connection, Date.now() + GRACE_MS)) return;
      setTimeout(() => this.publishState(user), GRACE_MS + TIMER_EARLY_MS).unref();
      return;
    }
    // Clients of a draining node reconnect within half a minute.
    const until = Date.now() + (this.drain.isDraining ? this.env.PRESENCE_LEASE_MS : GRACE_MS);
    const state = user.publishedState ?? 'ONLINE';
    for (const companyId of user.companies.keys())
      this.publisher.publishUntil(companyId, { userId: user.id, state, until });
  }

  /** A connected user has become a member, or this node has just read the membership. */
  joined(user: ConnectedUser, companyId: string): void {
    const state = (user.publishedState ??= this.devices.of(user));
    this.publisher.publishPresent(companyId, user.id, state);
  }

  /** A connected user is no longer a member. */
  left({ id: userId }: ConnectedUser, companyId: string): void {
    this.publisher.publishUntil(companyId, { userId, state: 'AWAY', until: Date.now() });
  }

  private publishState(user: ConnectedUser): void {
    const state = this.devices.of(user);
    if (user.connections.length === 0 || state === user.publishedState) return;
    user.publishedState = state;
    for (const companyId of user.companies.keys()) this.publisher.publishPresent(companyId, user.id, state);
  }
}
