import { Injectable } from '@nestjs/common';
import { GapFiller } from '../inbox/gap-filler';
import type { Snapshot } from '../inbox/snapshot';
import { CompanyRooms } from '../rooms/company-rooms';
import type { LocalUser } from './local-user';
import { closeSession, spread } from './session-closer';

/** Brings what a node believes about a user, and what the user's devices were told, to what PostgreSQL says. */
@Injectable()
export class KnownTruth {
  constructor(
    private readonly rooms: CompanyRooms,
    private readonly gaps: GapFiller,
  ) {}

  apply(user: LocalUser, snapshot: Snapshot): void {
    if (user.sessions.length === 0) return;
    this.rooms.apply(user, snapshot.companies);
    this.applyUnread(user, snapshot);
    for (const session of user.openSessions) {
      if (session.epoch === snapshot.epoch) {
        session.stream.expect(snapshot.headSeq);
      } else {
        closeSession(session, 'INBOX_RESTARTED', spread(5_000));
      }
    }
    this.gaps.watch(user);
  }

  private applyUnread(user: LocalUser, { unread }: Snapshot): void {
    if (unread.version <= user.unread.version) return;
    user.unread = unread;
    for (const session of user.openSessions) {
      session.send('notifications.updated', { unread });
    }
  }
}
