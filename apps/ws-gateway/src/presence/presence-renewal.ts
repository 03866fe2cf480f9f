import { Inject, Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { logger, reasonOf } from '@convene/observability/logger';
import { GRACE_MS, Presence } from '@convene/realtime/presence';
import { ConnectionRegistry } from '../connections/connection-registry';
import { ENV, type Env } from '../env';
import { DeviceStates } from './device-states';
import { horizonOf, PRESENCE_NODE } from './presence-events';

/** Companies whose renewal is under way at once. */
const ABREAST = 50;
/** Every third round also deletes lapsed entries, which only take memory. */
const TRIM_EVERY = 3;

/** Renews the entries of all users of this node, three times within the lease: two commands per company and 500 users. */
@Injectable()
export class PresenceRenewal implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private rounds = 0;
  private stopped = false;

  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(PRESENCE_NODE) private readonly node: string,
    private readonly presence: Presence,
    private readonly users: ConnectionRegistry,
    private readonly devices: DeviceStates,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.renew(), this.env.PRESENCE_LEASE_MS / 3);
    // Redis may have lost its data.
    this.presence.onReady(() => void this.renew());
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  /** One round at a time; a call during a round returns that round's promise. Never throws: the next round tries again. */
  renew(): Promise<void> {
    this.running ??= this.renewAll()
      .catch((error: unknown) => logger.debug({ reason: reasonOf(error) }, 'Presence was not renewed'))
      .finally(() => (this.running = undefined));
    return this.running;
  }

  private async renewAll(): Promise<void> {
    this.rounds += 1;
    const companyIds = this.users.companyIds();
    for (let at = 0; at < companyIds.length && !this.stopped; at += ABREAST) {
      await Promise.all(companyIds.slice(at, at + ABREAST).map((companyId) => this.renewCompany(companyId)));
    }
  }

  private async renewCompany(companyId: string): Promise<void> {
    const leaseMs = this.env.PRESENCE_LEASE_MS;
    const now = Date.now();
    const updates = [...this.users.membersOf(companyId)].map((user) => ({
      userId: user.id,
      state: this.devices.of(user, now),
      until: now + leaseMs,
    }));
    if (updates.length === 0) return;
    await this.presence.write(companyId, this.node, updates, leaseMs * 4);
    if (this.rounds % TRIM_EVERY === 0) await this.presence.trim(companyId, now - horizonOf(leaseMs, GRACE_MS));
  }
}
