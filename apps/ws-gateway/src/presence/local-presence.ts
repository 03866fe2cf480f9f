import { GRACE_MS, type Present } from '@convene/realtime/presence';
import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../env';
import { Drain } from '../connections/drain';
import type { Connection } from '../connections/connection';
import type { ConnectedUser } from '../connections/connected-user';
import { DeviceStates } from './device-states';
import { PresencePublisher } from './presence-publisher';

/** A timer may ring a moment before its time. */
const TIMER_EARLY_MS = 5;

/** Makes of what devices of this node do what the node says about their people, company by company. */
@Injectable()
export class LocalPresence {
  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly devices: DeviceStates,
    private readonly publisher: PresencePublisher,
    private readonly drain: Drain,
  ) {}

  /** One more device: it is in use. */
  came(user: ConnectedUser): void {
    this.tell(user);
  }

  update(user: ConnectedUser, connection: Connection, state: Present): void {
    this.devices.set(connection, state);
    this.tell(user);
  }

  /** One device less. A reload of its page must not show, neither as absence nor as being away. */
  went(user: ConnectedUser, connection: Connection): void {
    if (user.connections.length > 0) {
      if (!this.devices.miss(user, connection, Date.now() + GRACE_MS)) return;
      setTimeout(() => this.tell(user), GRACE_MS + TIMER_EARLY_MS).unref();
      return;
    }
    // Who is sent away by a node that shuts down is told to come back within half a minute.
    const until = Date.now() + (this.drain.isDraining ? this.env.PRESENCE_LEASE_MS : GRACE_MS);
    const state = user.said ?? 'ONLINE';
    for (const companyId of user.companies.keys())
      this.publisher.publishUntil(companyId, { userId: user.id, state, until });
  }

  /** Somebody who is here has become a member, or the node has just read that they are. */
  joined(user: ConnectedUser, companyId: string): void {
    const state = (user.said ??= this.devices.of(user));
    this.publisher.publishPresent(companyId, user.id, state);
  }

  /** Somebody who is here is no longer a member. */
  left({ id: userId }: ConnectedUser, companyId: string): void {
    this.publisher.publishUntil(companyId, { userId, state: 'AWAY', until: Date.now() });
  }

  private tell(user: ConnectedUser): void {
    const state = this.devices.of(user);
    if (user.connections.length === 0 || state === user.said) return;
    user.said = state;
    for (const companyId of user.companies.keys()) this.publisher.publishPresent(companyId, user.id, state);
  }
}
