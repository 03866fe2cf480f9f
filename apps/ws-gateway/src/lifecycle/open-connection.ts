import { Inject, Injectable } from '@nestjs/common';
import { companyRoom, userRoom } from '@convene/contracts/sockets/rooms';
import { FrameSubscriber } from '@convene/realtime/frames';
import type { ConnectedUser } from '../connections/connected-user';
import type { Connection } from '../connections/connection';
import { ConnectionRegistry } from '../connections/connection-registry';
import { ENV, type Env } from '../env';
import { GapFiller } from '../inbox/gap-filler';
import { type Resumed, resumeStream } from '../inbox/resume-stream';
import { SnapshotBatcher } from '../inbox/snapshot-batcher';
import { InboxReconciler } from '../reconcile/inbox-reconciler';

/**
 * Opens a connection without a moment in which a frame could be lost. The order is: subscribe to the rooms, read the
 * snapshot, then send `session.ready`, the replay and the frames that arrived meanwhile.
 */
@Injectable()
export class OpenConnection {
  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly users: ConnectionRegistry,
    private readonly subscriber: FrameSubscriber,
    private readonly snapshots: SnapshotBatcher,
    private readonly reconciler: InboxReconciler,
    private readonly gaps: GapFiller,
  ) {}

  /** @throws when the database does not answer. */
  async execute(connection: Connection): Promise<void> {
    const user = this.users.add(connection);
    void connection.socket.join(userRoom(user.id));
    await this.subscriber.settle([userRoom(user.id)]);
    const snapshot = await this.snapshots.read(user.id, connection.handshake.lastSeq);
    if (!connection.connected) return;
    this.reconciler.apply(user, snapshot);
    await this.subscribeToCompanies(user);
    if (!connection.connected) return;

    const limit = this.env.WS_RESUME_LIMIT;
    const confirm = (resumed: Resumed) => this.sendReady(connection, user, resumed);
    resumeStream(connection, connection.handshake, snapshot, { limit, confirm });
    connection.opened(snapshot.epoch);
    this.gaps.watch(user);
  }

  private sendReady(connection: Connection, user: ConnectedUser, resumed: Resumed): void {
    connection.send('session.ready', {
      userId: user.id,
      sessionId: connection.identity.sessionId,
      ...resumed,
      unread: user.unread,
      companies: Object.fromEntries(user.companies),
    });
  }

  /** A company may have changed before this node subscribed to its room: its membership version is then read again. */
  private async subscribeToCompanies(user: ConnectedUser): Promise<void> {
    const waited = await this.subscriber.settle([...user.companies.keys()].map(companyRoom));
    if (waited) this.reconciler.apply(user, await this.snapshots.read(user.id));
  }
}
