import { companyRoom, userRoom } from '@convene/contracts/sockets/rooms';
import { FrameSubscriber } from '@convene/realtime/frames';
import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../env';
import { resumePoint } from '../inbox/resume-point';
import { SnapshotBatcher } from '../inbox/snapshot-batcher';
import { GapFiller } from '../inbox/gap-filler';
import { replaySize, resumes } from '../metrics';
import { InboxReconciler } from '../reconcile/inbox-reconciler';
import type { Connection } from '../connections/connection';
import type { ConnectedUser } from '../connections/connected-user';
import { ConnectionRegistry } from '../connections/connection-registry';

/**
 * Takes a connected device live without a moment in which a frame could slip between: first the room is heard, then the
 * truth is read, then `session.ready`, the replay and what came meanwhile go out, in this order.
 */
@Injectable()
export class OpenConnection {
  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly users: ConnectionRegistry,
    private readonly source: FrameSubscriber,
    private readonly snapshots: SnapshotBatcher,
    private readonly reconciler: InboxReconciler,
    private readonly gaps: GapFiller,
  ) {}

  /** @throws when the database does not answer. */
  async execute(connection: Connection): Promise<void> {
    const user = this.users.add(connection);
    void connection.socket.join(userRoom(user.id));
    await this.source.settle([userRoom(user.id)]);
    const snapshot = await this.snapshots.read(user.id, connection.handshake.lastSeq);
    if (!connection.connected) return;
    this.reconciler.apply(user, snapshot);
    await this.subscribeToCompanies(user);
    if (!connection.connected) return;

    const { recovered, cursor } = resumePoint(connection.handshake, snapshot, this.env.WS_RESUME_LIMIT);
    connection.send('session.ready', {
      userId: user.id,
      sessionId: connection.identity.sessionId,
      epoch: snapshot.epoch,
      recovered,
      headSeq: snapshot.headSeq,
      unread: user.unread,
      companies: Object.fromEntries(user.companies),
    });
    connection.stream.expect(snapshot.headSeq);
    const replay = [...connection.stream.start(cursor), ...connection.stream.fill(snapshot.page)];
    connection.deliver(replay);
    connection.opened(snapshot.epoch);
    this.gaps.watch(user);
    resumes.inc({ recovered: String(recovered) });
    if (recovered) replaySize.observe(snapshot.headSeq - cursor);
  }

  /** A company this node did not hear before may have changed until it did: its membership version is read again. */
  private async subscribeToCompanies(user: ConnectedUser): Promise<void> {
    const waited = await this.source.settle([...user.companies.keys()].map(companyRoom));
    if (waited) this.reconciler.apply(user, await this.snapshots.read(user.id));
  }
}
