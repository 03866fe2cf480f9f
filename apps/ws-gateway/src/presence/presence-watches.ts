import { Inject, Injectable, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { ConveneError } from '@convene/contracts/errors';
import type { AnswerOf } from '@convene/contracts/sockets/client-event';
import { MAX_RECIPIENTS, MAX_WATCHED, type WatchPresence } from '@convene/contracts/sockets/client-events';
import { presenceRoom } from '@convene/contracts/sockets/rooms';
import { type ArrivedFrame, FrameSubscriber } from '@convene/realtime/frames';
import { GRACE_MS, Presence } from '@convene/realtime/presence';
import type { ConnectedUser } from '../connections/connected-user';
import type { Connection } from '../connections/connection';
import { ConnectionRegistry } from '../connections/connection-registry';
import { ENV, type Env } from '../env';
import { presenceWatchers } from '../metrics';
import { CompanyPresence, type ReceivedEntry } from './company-presence';
import { CompanyWatch } from './company-watch';
import { DeviceStates } from './device-states';
import { horizonOf, PRESENCE_NODE, PRESENCE_UPDATED, PresenceUpdateFrame } from './presence-events';

/** Which sockets watch which companies. A company without watchers costs this node nothing. */
@Injectable()
export class PresenceWatches implements OnModuleInit, OnModuleDestroy {
  private readonly byCompany = new Map<string, CompanyWatch>();
  private readonly bySession = new Map<Connection, Set<string>>();

  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(PRESENCE_NODE) private readonly node: string,
    private readonly subscriber: FrameSubscriber,
    private readonly presence: Presence,
    private readonly users: ConnectionRegistry,
    private readonly devices: DeviceStates,
  ) {}

  onModuleInit(): void {
    // Frames or writes may have been lost during the outage.
    const reloadAll = () => this.byCompany.forEach((watch) => void watch.reload());
    this.subscriber.onRecovered(reloadAll);
    this.presence.onReady(reloadAll);
  }

  onModuleDestroy(): void {
    for (const watch of this.byCompany.values()) watch.stop();
  }

  /**
   * @param confirm Receives the current states; later changes follow as frames.
   * @throws ConveneError NOT_FOUND for a non-member, WATCH_LIMIT_REACHED
   */
  async watch(
    connection: Connection,
    companyId: string,
    confirm: (answer: AnswerOf<typeof WatchPresence>) => void,
  ): Promise<void> {
    await connection.whenOpen;
    this.requireMember(connection, companyId);
    const watch = this.enter(connection, companyId);
    await watch.loaded;
    // It may have lost its membership meanwhile.
    if (!watch.watchers.has(connection)) throw new ConveneError('NOT_FOUND');
    confirm(watch.announcedStates(MAX_RECIPIENTS));
  }

  unwatch(connection: Connection, companyId: string): void {
    const watched = this.bySession.get(connection);
    if (!watched?.delete(companyId)) return;
    if (watched.size === 0) this.bySession.delete(connection);
    void connection.socket.leave(presenceRoom(companyId));
    presenceWatchers.dec();
    const watch = this.byCompany.get(companyId);
    if (!watch?.watchers.delete(connection) || watch.watchers.size > 0) return;
    watch.stop();
    this.byCompany.delete(companyId);
  }

  /** The connection has ended. */
  unwatchAll(connection: Connection): void {
    for (const companyId of this.bySession.get(connection) ?? []) this.unwatch(connection, companyId);
  }

  /** The membership has. */
  left(user: ConnectedUser, companyId: string): void {
    for (const connection of user.connections) this.unwatch(connection, companyId);
  }

  /** An update of this node. */
  onUpdate(companyId: string, entry: ReceivedEntry): void {
    this.byCompany.get(companyId)?.onUpdate(entry);
  }

  /** An update of another node. Redis also delivers this node's own frames, which are ignored. */
  receive({ event, frame }: ArrivedFrame): void {
    const watch = event === PRESENCE_UPDATED ? this.byCompany.get(String(frame.companyId)) : undefined;
    const update = watch && PresenceUpdateFrame.safeParse(frame).data;
    if (!update || update.node === this.node) return;
    for (const person of update.people) watch.onUpdate({ ...person, node: update.node, at: update.at });
  }

  private requireMember(connection: Connection, companyId: string): void {
    const isMember = this.users.find(connection.userId)?.companies.has(companyId);
    // A closed socket would never leave the room again.
    if (!isMember || !connection.connected) throw new ConveneError('NOT_FOUND');
  }

  private enter(connection: Connection, companyId: string): CompanyWatch {
    const watched = this.bySession.get(connection) ?? new Set<string>();
    if (!watched.has(companyId)) {
      if (watched.size >= MAX_WATCHED) throw new ConveneError('WATCH_LIMIT_REACHED');
      this.bySession.set(connection, watched.add(companyId));
      presenceWatchers.inc();
    }
    void connection.socket.join(presenceRoom(companyId));
    const watch = this.byCompany.get(companyId) ?? this.begin(companyId);
    watch.watchers.add(connection);
    return watch;
  }

  private begin(companyId: string): CompanyWatch {
    const leaseMs = this.env.PRESENCE_LEASE_MS;
    const horizonMs = horizonOf(leaseMs, GRACE_MS);
    const view = new CompanyPresence({ ownNode: this.node, horizonMs });
    const read = () => this.presence.read(companyId, Date.now() - horizonMs);
    const watch = new CompanyWatch({ companyId, view, reloadEveryMs: leaseMs / 3, read }, () =>
      this.subscriber.settle([presenceRoom(companyId)]),
    );
    const now = Date.now();
    for (const user of this.users.membersOf(companyId)) {
      const known = { userId: user.id, node: this.node, state: this.devices.of(user, now), until: Infinity, at: 0 };
      watch.onUpdate(known);
    }
    this.byCompany.set(companyId, watch);
    return watch;
  }
}
