import { logger, reasonOf } from '@convene/observability/logger';
import type { ArrivedFrame } from '@convene/realtime/frame-source';
import { Injectable } from '@nestjs/common';
import { eventsEmitted } from '../metrics';
import type { LocalUser } from '../sessions/local-user';
import { LocalUsers } from '../sessions/local-users';
import { CompanyRooms } from './company-rooms';
import { MemberReader } from './member-reader';

const USER = 'user:';
const COMPANY = 'company:';

/**
 * Passes hints on to who is entitled. A frame with a newer membership version than this node has read makes it re-read
 * the memberships concerned first: who is no longer a member does not get the frame, who has become one joins the room.
 */
@Injectable()
export class RoomFrames {
  constructor(
    private readonly users: LocalUsers,
    private readonly rooms: CompanyRooms,
    private readonly members: MemberReader,
  ) {}

  async deliver({ room, event, frame }: ArrivedFrame): Promise<void> {
    const companyId = typeof frame.companyId === 'string' ? frame.companyId : undefined;
    const version = typeof frame.version === 'number' ? frame.version : undefined;
    const known = companyId !== undefined && version !== undefined;
    if (known) await this.refresh(companyId, this.concerned(room, frame.userId), version);

    if (room.startsWith(USER)) {
      for (const session of this.users.find(room.slice(USER.length))?.sessions ?? []) session.hint(event, frame);
    } else if (room.startsWith(COMPANY)) {
      const members = this.users.membersOf(room.slice(COMPANY.length));
      // A re-read that failed leaves members whose entitlement is not proven: better no hint than one too many.
      this.tellAll(known ? members.filter((user) => isUpToDate(user, companyId, version)) : members, event, frame);
    }
  }

  /** Whose membership a frame may be news about: those in the room, and the person it speaks of. */
  private concerned(room: string, subject: unknown): LocalUser[] {
    const inRoom = room.startsWith(COMPANY)
      ? this.users.membersOf(room.slice(COMPANY.length))
      : [this.users.find(room.slice(USER.length))];
    const spokenOf = typeof subject === 'string' ? this.users.find(subject) : undefined;
    return [...new Set([...inRoom, spokenOf])].filter((user) => user !== undefined);
  }

  private async refresh(companyId: string, concerned: LocalUser[], version: number): Promise<void> {
    const stale = concerned.filter((user) => !isUpToDate(user, companyId, version));
    if (stale.length === 0) return;
    try {
      const members = await this.members.read(
        companyId,
        stale.map(({ id }) => id),
      );
      for (const user of stale) {
        if (members?.userIds.has(user.id)) this.rooms.join(user, companyId, members.version);
        else this.rooms.leave(user, companyId);
      }
    } catch (error) {
      logger.warn({ companyId, reason: reasonOf(error) }, 'Memberships could not be re-read: some get no room frame');
    }
  }

  /** Encodes the frame once for all who are open. */
  private tellAll(users: readonly LocalUser[], event: string, frame: object): void {
    const sessions = users.flatMap((user) => [...user.sessions]);
    const open = sessions.filter((session) => session.isOpen);
    const rooms = open.map(({ socket }) => socket.id);
    if (rooms.length > 0) open[0]?.socket.nsp.local.to(rooms).emit(event, frame);
    eventsEmitted.inc({ event }, open.length);
    for (const session of sessions) if (!session.isOpen) session.hint(event, frame);
  }
}

function isUpToDate(user: LocalUser, companyId: string, version: number): boolean {
  return (user.companies.get(companyId) ?? -1) >= version;
}
