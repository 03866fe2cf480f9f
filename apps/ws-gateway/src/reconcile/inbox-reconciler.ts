import { Injectable } from '@nestjs/common';
import type { Snapshot } from '@convene/inbox/snapshot';
import { logger, reasonOf } from '@convene/observability/logger';
import type { ConnectedUser } from '../connections/connected-user';
import type { Connection } from '../connections/connection';
import { closeConnection, spread } from '../connections/connection-closer';
import { GapFiller } from '../inbox/gap-filler';
import { SnapshotBatcher } from '../inbox/snapshot-batcher';
import { CompanyRooms } from '../rooms/company-rooms';

/** Brings a user's rooms, unread count and streams to the state that PostgreSQL has. */
@Injectable()
export class InboxReconciler {
  constructor(
    private readonly rooms: CompanyRooms,
    private readonly gaps: GapFiller,
    private readonly snapshots: SnapshotBatcher,
  ) {}

  apply(user: ConnectedUser, snapshot: Snapshot): void {
    if (user.connections.length === 0) return;
    this.rooms.apply(user, snapshot.companies);
    this.applyUnread(user, snapshot);
    for (const connection of user.openConnections) {
      if (connection.epoch === snapshot.epoch) {
        connection.stream.expect(snapshot.headSeq);
      } else {
        restart(connection);
      }
    }
    // The snapshot may be older than frames that arrived during the read: `verify` reads again.
    if (user.openConnections.some(({ stream }) => snapshot.headSeq < stream.cursor)) void this.verify(user);
    this.gaps.watch(user);
  }

  /**
   * Restarts the streams of a user whose inbox ends before what was sent. Example: 9 was sent, but the inbox ends at 7,
   * because a standby that lagged took over. Seqs 8 and 9 will be assigned again, to other notifications.
   */
  async verify(user: ConnectedUser): Promise<void> {
    const sent = Math.max(...user.openConnections.map(({ stream }) => stream.cursor));
    try {
      const { headSeq, unread } = await this.snapshots.read(user.id);
      if (headSeq >= sent) return;
      logger.warn({ userId: user.id, headSeq, sent }, 'An inbox has gone back: its streams begin anew');
      user.unread = unread;
      user.openConnections.forEach(restart);
    } catch (error) {
      logger.warn({ userId: user.id, reason: reasonOf(error) }, 'Could not read whether an inbox has gone back');
    }
  }

  private applyUnread(user: ConnectedUser, { unread }: Snapshot): void {
    if (unread.version <= user.unread.version) return;
    user.unread = unread;
    for (const connection of user.openConnections) {
      connection.send('notifications.updated', { unread });
    }
  }
}

function restart(connection: Connection): void {
  closeConnection(connection, 'INBOX_RESTARTED', spread(5_000));
}
